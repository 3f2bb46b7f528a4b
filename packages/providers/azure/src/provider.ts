import {
  type Json,
  type LocalCloudAnnouncement,
  type Provider,
  physicalName,
  placeParts,
  type ResourcePlace,
} from "@trimaran/contract";
import { kvFeatures, objectFeatures, postgresFeatures, secretFeatures } from "./features.ts";

const wordsOf = (of: ResourcePlace, maxLength: number) => physicalName(placeParts(of), { maxLength, separator: "-" });
/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#table-names */
const tableName = (of: ResourcePlace) => physicalName(placeParts(of), { maxLength: 63, separator: "" });
/** No other name of ours has two hyphens in a row, so nothing else begins like this. */
const secretPrefix = (of: ResourcePlace) => `${wordsOf(of, 60)}--`;

function named(settings: Json, what: "container" | "table") {
  const given = settings as Readonly<Record<string, string>>;
  return { name: given[what] ?? "", endpoint: given["endpoint"] ?? "" };
}

export const azure: Provider = {
  id: "azure",
  kinds: {
    objects: {
      features: objectFeatures,
      module: "@trimaran/azure/objects",
      load: () => import("./objects.ts"),
      physicalName: (of) => wordsOf(of, 63),
      localSettings: (of, cloud) => ({ container: wordsOf(of, 63), endpoint: accountUrl(cloud, "blob") }),
      fields: (of, settings) => ({ ...named(settings, "container"), region: of.region }),
    },
    kv: {
      features: kvFeatures,
      module: "@trimaran/azure/kv",
      load: () => import("./kv.ts"),
      physicalName: tableName,
      localSettings: (of, cloud) => ({ table: tableName(of), endpoint: accountUrl(cloud, "table") }),
      fields: (of, settings) => ({ ...named(settings, "table"), region: of.region }),
    },
    secrets: {
      features: secretFeatures,
      module: "@trimaran/azure/secrets",
      load: () => import("./secrets.ts"),
      physicalName: (of) => `${secretPrefix(of)}value`,
      localSettings: (of, cloud) => secretSettings(secretPrefix(of), cloud),
      fields: (of) => ({ name: `${secretPrefix(of)}value` }),
    },
    postgres: {
      features: postgresFeatures,
      module: "@trimaran/azure/postgres",
      load: () => import("./postgres.ts"),
      physicalName: (of) => wordsOf(of, 63),
      localSettings: (of, cloud) => ({ signIn: "password", passwords: secretSettings(secretPrefix(of), cloud) }),
      fields: () => ({}),
    },
  },

  /** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
  localEnvironment: (cloud) => ({
    IDENTITY_ENDPOINT: `${cloud.endpoints["identity"]}/msi/token`,
    IDENTITY_HEADER: cloud.account["identityToken"] ?? "",
    // The chain must not find the credentials of whoever sits at this machine.
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    AZURE_CLIENT_ID: "",
  }),
};

/** A storage account behind one address has its name in the path. */
function accountUrl(cloud: LocalCloudAnnouncement, service: string): string {
  return `${cloud.endpoints[service]}/${cloud.account["account"]}`;
}

function secretSettings(prefix: string, cloud: LocalCloudAnnouncement): Json {
  return { prefix, endpoint: cloud.endpoints["keyvault"] ?? "", disableChallengeResourceVerification: true };
}
