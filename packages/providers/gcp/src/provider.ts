import {
  type Json,
  type LocalCloudAnnouncement,
  type Provider,
  physicalName,
  placeParts,
  type ResourcePlace,
  shortDigest,
} from "@trimaran/contract";
import { kvFeatures, objectFeatures, postgresFeatures, secretFeatures } from "./features.ts";

const wordsOf = (of: ResourcePlace, maxLength: number) => physicalName(placeParts(of), { maxLength, separator: "-" });
/** No other name of ours has two hyphens in a row, so nothing else begins like this. */
const secretPrefix = (of: ResourcePlace) => `${wordsOf(of, 120)}--`;

/** https://cloud.google.com/storage/docs/buckets#naming */
function bucketName(of: ResourcePlace): string {
  const name = wordsOf(of, 63);
  return /^goog|g[o0]{2}gle/.test(name) ? `t-${shortDigest(name)}` : name;
}

export const gcp: Provider = {
  id: "gcp",
  kinds: {
    objects: {
      features: objectFeatures,
      module: "@trimaran/gcp/objects",
      load: () => import("./objects.ts"),
      physicalName: bucketName,
      localSettings: (of, cloud) => ({
        bucket: bucketName(of),
        ...reached(cloud, "storage"),
        signingEndpoint: cloud.endpoints["iamcredentials"] ?? "",
      }),
      fields: (of, settings) => ({ ...named(settings, "bucket", "storage"), region: of.region }),
    },
    kv: {
      features: kvFeatures,
      module: "@trimaran/gcp/kv",
      load: () => import("./kv.ts"),
      physicalName: (of) => wordsOf(of, 120),
      localSettings: (of, cloud) => ({ collection: wordsOf(of, 120), ...reached(cloud, "firestore") }),
      fields: (of, settings) => ({ ...named(settings, "collection", "firestore"), region: of.region }),
    },
    secrets: {
      features: secretFeatures,
      module: "@trimaran/gcp/secrets",
      load: () => import("./secrets.ts"),
      physicalName: (of) => `${secretPrefix(of)}value`,
      localSettings: (of, cloud) => ({ prefix: secretPrefix(of), ...reached(cloud, "secretmanager") }),
      fields: (of) => ({ name: `${secretPrefix(of)}value` }),
    },
    postgres: {
      features: postgresFeatures,
      module: "@trimaran/gcp/postgres",
      load: () => import("./postgres.ts"),
      physicalName: (of) => wordsOf(of, 63),
      localSettings: (of, cloud) => ({
        signIn: "password",
        passwords: { prefix: secretPrefix(of), ...reached(cloud, "secretmanager") },
      }),
      fields: () => ({}),
    },
  },

  /** https://cloud.google.com/docs/authentication/application-default-credentials */
  localEnvironment: (cloud) => ({
    GCE_METADATA_HOST: new URL(cloud.endpoints["metadata"] ?? "").host,
    METADATA_SERVER_DETECTION: "assume-present",
    GOOGLE_CLOUD_PROJECT: cloud.account["project"] ?? "",
    // The chain must not find the credentials of whoever sits at this machine.
    GOOGLE_APPLICATION_CREDENTIALS: "",
    CLOUDSDK_CONFIG: "/dev/null",
    // Set to a file, gRPC would trust that file alone; unset, it trusts what Node trusts, NODE_EXTRA_CA_CERTS included.
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: "",
  }),
};

function reached(cloud: LocalCloudAnnouncement, service: string) {
  return { project: cloud.account["project"] ?? "", endpoint: cloud.endpoints[service] ?? "" };
}

function named(settings: Json, what: "bucket" | "collection", service: string) {
  const given = settings as Readonly<Record<string, string>>;
  return { name: given[what] ?? "", endpoint: given["endpoint"] ?? `https://${service}.googleapis.com` };
}
