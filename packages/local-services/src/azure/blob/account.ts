import { delegationKeyValue } from "../auth/delegation-key.ts";
import { AzureFailure, notImplemented } from "../wire/failure.ts";
import { readBody } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { childNamed, childText, fromXml, invalidXml, toXml, type XmlElement, type XmlNode } from "../wire/xml.ts";
import type { BlobCall } from "./call.ts";

/** Get Account Information. */
export const accountInformation = (): AzureResponse => ({
  status: 200,
  headers: { "x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2", "x-ms-is-hns-enabled": "false" },
});

const SPACE = "azure/blob-service";

/** Get Blob Service Properties. Logging, metrics, CORS, soft delete and websites are off, and stay so. */
export function getServiceProperties({ store }: BlobCall): AzureResponse {
  const kept = store.records.get(SPACE, "default version");
  const version = kept === undefined ? undefined : Buffer.from(kept.value).toString();
  const retention: XmlNode = ["RetentionPolicy", [["Enabled", false]]];
  const metrics: readonly XmlNode[] = [["Version", "1.0"], ["Enabled", false], retention];
  const logging: readonly XmlNode[] = [
    ["Version", "1.0"],
    ["Delete", false],
    ["Read", false],
    ["Write", false],
    retention,
  ];
  const root: XmlNode = [
    "StorageServiceProperties",
    [
      ["Logging", logging],
      ["HourMetrics", metrics],
      ["MinuteMetrics", metrics],
      ["Cors", []],
      ...(version === undefined ? [] : [["DefaultServiceVersion", version] as const]),
      ["DeleteRetentionPolicy", [["Enabled", false]]],
      ["StaticWebsite", [["Enabled", false]]],
    ],
  ];
  return { status: 200, headers: { "content-type": "application/xml" }, body: toXml(root) };
}

/** Set Blob Service Properties: takes what leaves everything off, and the default version. */
export async function setServiceProperties({ store, request }: BlobCall): Promise<AzureResponse> {
  const root = fromXml((await readBody(request.raw, 1 << 20)).toString(), "StorageServiceProperties");
  if ((childNamed(root, "Cors")?.children.length ?? 0) > 0 || root.children.some(turnsOn)) {
    throw notImplemented("Logging, metrics, CORS, soft delete and static websites are not implemented.");
  }
  const version = childText(root, "DefaultServiceVersion");
  if (version !== undefined && version !== "") store.records.put(SPACE, "default version", version);
  return { status: 202 };
}

const turnsOn = (element: XmlElement): boolean =>
  ["Enabled", "Delete", "Read", "Write"].some((name) => childText(element, name) === "true");

const MAX_KEY_MS = 7 * 24 * 3600 * 1000;

/** Get User Delegation Key, for callers with a token. https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key */
export async function getUserDelegationKey({ request, account, grant }: BlobCall): Promise<AzureResponse> {
  if (grant.objectId === undefined || grant.tenant === undefined) {
    throw new AzureFailure(403, "AuthenticationFailed", "Only authentication scheme Bearer is supported.");
  }
  const info = fromXml((await readBody(request.raw, 1 << 16)).toString(), "KeyInfo");
  const at = (name: string, fallback: number) => {
    const text = childText(info, name) ?? "";
    const ms = text === "" ? fallback : Date.parse(text);
    if (Number.isNaN(ms)) throw invalidXml();
    return ms;
  };
  const from = at("Start", request.now);
  const until = at("Expiry", Number.NaN);
  if (until <= from || until <= request.now || until > request.now + MAX_KEY_MS) {
    throw new AzureFailure(
      400,
      "InvalidXmlNodeValue",
      "The value for one of the XML nodes is not in the correct format.",
      {
        details: { XmlNodeName: "Expiry" },
      },
    );
  }
  const facts = {
    oid: grant.objectId,
    tid: grant.tenant,
    start: wholeSeconds(from),
    expiry: wholeSeconds(until),
    service: "b",
    version: request.header("x-ms-version") ?? "2020-02-10",
  };
  const root: XmlNode = [
    "UserDelegationKey",
    [
      ["SignedOid", facts.oid],
      ["SignedTid", facts.tid],
      ["SignedStart", facts.start],
      ["SignedExpiry", facts.expiry],
      ["SignedService", facts.service],
      ["SignedVersion", facts.version],
      ["Value", delegationKeyValue(account, facts)],
    ],
  ];
  return { status: 200, headers: { "content-type": "application/xml" }, body: toXml(root) };
}

const wholeSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
