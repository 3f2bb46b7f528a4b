import type { Faults } from "@trimaran/conformance";
import {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
  type VendorAnswer,
} from "@trimaran/conformance/testing/fault-proxy";
import type { Cloud, LocalCloudAnnouncement } from "@trimaran/contract";
import type { LocalTestCloud } from "./local.ts";

type Answers = Readonly<Record<"throttled" | "expired", VendorAnswer>>;

const xml = (code: string, message: string) =>
  `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
const aws = (type: string, message: string): VendorAnswer => ({
  status: 400,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": type },
  body: JSON.stringify({ __type: type, message }),
});
const azureXml = (status: number, code: string, headers = {}): VendorAnswer => ({
  status,
  headers: { "content-type": "application/xml", "x-ms-error-code": code, ...headers },
  body: xml(code, "An answer of the fault proxy."),
});
const odata = (status: number, code: string, headers = {}): VendorAnswer => ({
  status,
  headers: { "content-type": "application/json;odata=minimalmetadata", ...headers },
  body: JSON.stringify({ "odata.error": { code, message: { lang: "en-US", value: "An answer of the fault proxy." } } }),
});
const json = (status: number, body: unknown, headers = {}): VendorAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(body),
});
const bearer = {
  "www-authenticate":
    "Bearer authorization_uri=https://login.microsoftonline.com/tenant/oauth2/authorize resource_id=https://storage.azure.com",
};

/** What each service answers when it is asked too often, and when a credential is too old; each form is from the vendor's own pages. */
export const vendorAnswers = {
  /** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
  s3: {
    throttled: {
      status: 503,
      headers: { "content-type": "application/xml" },
      body: xml("SlowDown", "Please reduce your request rate."),
    },
    expired: {
      status: 400,
      headers: { "content-type": "application/xml" },
      body: xml("ExpiredToken", "The provided token has expired."),
    },
  },
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
  dynamodb: {
    throttled: aws(
      "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
      "The level of configured provisioned throughput for the table was exceeded.",
    ),
    expired: aws(
      "com.amazon.coral.service#ExpiredTokenException",
      "The security token included in the request is expired",
    ),
  },
  /** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */
  secretsmanager: {
    throttled: aws("ThrottlingException", "Rate exceeded"),
    expired: aws("ExpiredTokenException", "The security token included in the request is expired"),
  },
  /** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
  blob: {
    throttled: azureXml(503, "ServerBusy"),
    expired: azureXml(401, "InvalidAuthenticationInfo", bearer),
  },
  /** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes */
  table: {
    throttled: odata(503, "ServerBusy"),
    expired: odata(401, "InvalidAuthenticationInfo", bearer),
  },
  /** https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
  keyvault: {
    throttled: json(429, {
      error: { code: "Throttled", message: "Request was not processed because too many requests were received." },
    }),
    expired: json(
      401,
      { error: { code: "Unauthorized", message: "AKV10022: Invalid audience or expired token." } },
      {
        "www-authenticate":
          'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"',
      },
    ),
  },
  /** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
  storage: {
    throttled: json(429, {
      error: { code: 429, message: "Too many requests", errors: [{ reason: "rateLimitExceeded" }] },
    }),
    expired: json(401, { error: { code: 401, message: "Invalid Credentials", errors: [{ reason: "authError" }] } }),
  },
  /** https://cloud.google.com/apis/design/errors */
  firestore: {
    throttled: { status: 8, body: "Quota exceeded." },
    expired: { status: 16, body: "Request had invalid authentication credentials." },
  },
  secretmanager: {
    throttled: { status: 8, body: "Quota exceeded for quota metric 'Access requests'." },
    expired: { status: 16, body: "Request had invalid authentication credentials." },
  },
} as const satisfies Record<string, Answers>;

type Service = keyof typeof vendorAnswers;
const overGrpc: readonly string[] = ["firestore", "secretmanager"];

/** A proxy before one service of an emulator, by its address. */
export function startVendorProxy(
  service: Service,
  target: string,
  tls?: NonNullable<FaultProxyOptions["tls"]>,
): Promise<FaultProxy> {
  return startFaultProxy({
    target,
    protocol: overGrpc.includes(service) ? "grpc" : "http",
    answers: vendorAnswers[service],
    ...(tls === undefined ? {} : { tls }),
  });
}

/** A proxy that `before` starts and `after` stops, and the faults that a harness hands in. */
export function faultsOf<D>(
  proxy: () => FaultProxy | undefined,
  make: (proxy: FaultProxy) => Promise<D>,
  skew?: (ms: number) => void,
): Faults<D> {
  return {
    async make() {
      const started = proxy();
      if (started === undefined) throw new Error("the fault proxy has not been started");
      return make(started);
    },
    set: (fault) => proxy()?.set(fault),
    ...(skew === undefined ? {} : { skew }),
  };
}

const kindsOf: Readonly<Record<Cloud, Readonly<Record<"objects" | "kv" | "secrets", Service>>>> = {
  aws: { objects: "s3", kv: "dynamodb", secrets: "secretsmanager" },
  azure: { objects: "blob", kv: "table", secrets: "keyvault" },
  gcp: { objects: "storage", kv: "firestore", secrets: "secretmanager" },
};

/** A proxy before each service of a local cloud, and the cloud as it is reached through them. */
export async function startLocalFaults(cloud: LocalTestCloud) {
  const { announcement, config } = cloud;
  const { key, certificate, authority } = config.tls;
  const services = kindsOf[announcement.cloud];
  const proxies = Object.fromEntries(
    await Promise.all(
      Object.values(services).map(async (service) => {
        const target = announcement.endpoints[service] ?? "";
        return [service, await startVendorProxy(service, target, { key, certificate, authority })] as const;
      }),
    ),
  );
  const endpoints = Object.fromEntries(Object.entries(proxies).map(([service, { url }]) => [service, url]));
  const through: LocalCloudAnnouncement = { ...announcement, endpoints: { ...announcement.endpoints, ...endpoints } };
  return {
    through,
    proxyOf: (kind: "objects" | "kv" | "secrets") => proxies[services[kind]],
    stop: async () => void (await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()))),
  };
}
