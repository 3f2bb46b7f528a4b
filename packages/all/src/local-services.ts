import type { Cloud } from "@trimaran/contract";

/** The services of each local cloud with their schemes, known before it runs: each gets a relay and a port of its own. */
export const localServices: Readonly<Record<Cloud, Readonly<Record<string, "http" | "https">>>> = {
  aws: { s3: "https", dynamodb: "https", secretsmanager: "https", sts: "https", credentials: "http" },
  azure: { blob: "https", table: "https", keyvault: "https", identity: "http", login: "https" },
  gcp: { storage: "https", firestore: "https", secretmanager: "https", metadata: "http", iamcredentials: "https" },
};
