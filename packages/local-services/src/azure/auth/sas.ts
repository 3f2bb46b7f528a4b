import { equalTexts } from "../../core/credentials.ts";
import type { AzureAccount } from "../account.ts";
import { AzureFailure, authenticationFailed } from "../wire/failure.ts";
import type { AzureRequest } from "../wire/request.ts";
import { delegationKeyValue } from "./delegation-key.ts";
import type { Grant, Need } from "./grant.ts";
import { accountSasText, delegationSasText, type Fields, serviceSasText, tableSasText } from "./sas-signing.ts";
import { hmac } from "./shared-key.ts";

/** What the request addresses, decoded. */
export interface SasTarget {
  readonly service: "blob" | "table";
  readonly container?: string | undefined;
  readonly blob?: string | undefined;
  readonly table?: string | undefined;
}

/** Verifies an account, service or user delegation SAS. Throws `AzureFailure`: AuthenticationFailed and its kin. */
export function checkSas(request: AzureRequest, target: SasTarget, account: AzureAccount): Grant {
  const f: Fields = (name) => request.query.get(name) ?? "";
  const text = (): [Uint8Array, string] => {
    if (f("skoid") !== "") return delegation(request, f, target, account);
    if (f("ss") !== "") return [account.key, accountSasText(f, account.name)];
    if (target.service === "table")
      return [account.key, tableSasText(f, `/table/${account.name}/${f("tn")}`.toLowerCase())];
    return [account.key, serviceSasText(f, resourceOf(f, target, account))];
  };
  if (["spk", "srk", "epk", "erk"].some((field) => f(field) !== ""))
    throw authenticationFailed("Ranges of keys are not known here.");
  if (f("si") !== "") throw authenticationFailed("Stored access policies are not known here.");
  if (f("sv") < "2015-04-05") throw authenticationFailed("The version of the signature is too old.");
  const [key, signed] = text();
  if (!equalTexts(hmac(key, signed), f("sig"))) throw authenticationFailed("Signature did not match.");
  checkWindow("Signature", f("st"), f("se"), request.now);
  checkSource(request, f("sip"));
  if (f("spr") !== "" && !f("spr").split(",").includes("https")) {
    throw forbidden("AuthorizationProtocolMismatch", "using this protocol");
  }
  return { by: "sas", permissions: f("sp"), overrides: overridesOf(f), refuses: (need) => refusal(f, need, target) };
}

function delegation(request: AzureRequest, f: Fields, target: SasTarget, account: AzureAccount): [Uint8Array, string] {
  if (target.service === "table") throw authenticationFailed("A user delegation SAS opens no table.");
  checkWindow("User delegation key", f("skt"), f("ske"), request.now);
  const key = delegationKeyValue(account, {
    oid: f("skoid"),
    tid: f("sktid"),
    start: f("skt"),
    expiry: f("ske"),
    service: f("sks"),
    version: f("skv"),
  });
  const names = (field: string) =>
    f(field)
      .split(",")
      .filter((name) => name !== "");
  const headers = names("srh").map((name) => `${name}:${request.header(name) ?? ""}\n`);
  const query = names("srq").map((name) => `\n${name}:${f(name.toLowerCase())}`);
  const resource = resourceOf(f, target, account);
  return [Buffer.from(key, "base64"), delegationSasText(f, resource, headers.join(""), query.join(""))];
}

function resourceOf(f: Fields, target: SasTarget, account: AzureAccount): string {
  const container = `/blob/${account.name}/${target.container ?? ""}`;
  if (f("sr") === "c") return container;
  if (f("sr") === "b") return `${container}/${target.blob ?? ""}`;
  throw authenticationFailed("sr is mandatory, and b or c here: there are no snapshots, versions and directories.");
}

function checkWindow(what: string, start: string, end: string, now: number): void {
  const from = start === "" ? Number.NEGATIVE_INFINITY : Date.parse(start);
  const until = Date.parse(end);
  if (Number.isNaN(from) || Number.isNaN(until)) throw authenticationFailed(`${what} fields not well formed.`);
  if (now < from || now > until) {
    const window = `Start [${start}], Current [${new Date(now).toUTCString()}] - Expiry [${end}]`;
    throw authenticationFailed(`${what} not valid in the specified time frame: ${window}`);
  }
}

function checkSource(request: AzureRequest, range: string): void {
  if (range === "") return;
  const value = (ip: string) =>
    ip
      .replace(/^::ffff:/, "")
      .split(".")
      .reduce((sum, part) => sum * 256 + Number(part), 0);
  const [first = "", last = first] = range.split("-");
  const from = value(request.raw.socket.remoteAddress ?? "");
  if (!(from >= value(first) && from <= value(last))) {
    throw forbidden("AuthorizationSourceIPMismatch", "using this source IP");
  }
}

function refusal(f: Fields, need: Need, target: SasTarget): AzureFailure | undefined {
  if (f("ss") !== "") {
    if (!f("ss").includes(target.service === "blob" ? "b" : "t")) {
      return forbidden("AuthorizationServiceMismatch", "using this service");
    }
    if (!f("srt").includes(need.on[0]!))
      return forbidden("AuthorizationResourceTypeMismatch", "using this resource type");
  } else if (
    !need.byServiceSas ||
    (target.table !== undefined && target.table.toLowerCase() !== f("tn").toLowerCase())
  ) {
    return new AzureFailure(403, "AuthorizationFailure", "This request is not authorized to perform this operation.");
  }
  const given = (permission: string) => f("sp").includes(permission);
  const wanted = [...need.permissions];
  if (!(need.all === true ? wanted.every(given) : wanted.some(given))) {
    return forbidden("AuthorizationPermissionMismatch", "using this permission");
  }
  return undefined;
}

const forbidden = (code: string, how: string): AzureFailure =>
  new AzureFailure(403, code, `This request is not authorized to perform this operation ${how}.`);

const responseHeaders = {
  rscc: "cache-control",
  rscd: "content-disposition",
  rsce: "content-encoding",
  rscl: "content-language",
  rsct: "content-type",
} as const;

function overridesOf(f: Fields): Readonly<Record<string, string>> {
  const set = Object.entries(responseHeaders).filter(([field]) => f(field) !== "");
  return Object.fromEntries(set.map(([field, header]) => [header, f(field)]));
}
