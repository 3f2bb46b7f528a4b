import type { LocalCloudAnnouncement } from "@trimaran/contract";

/**
 * Environment variables with which Google's SDKs, gcloud and gsutil find this local cloud's metadata server, sign in by their default
 * chains and trust it. Endpoints of Cloud Storage, Firestore and Secret Manager are options of their clients; gcloud reads them here.
 * `authorityFile` is the path of the announcement's authority as a PEM file.
 */
export function gcpEnvironment(cloud: LocalCloudAnnouncement, authorityFile: string): Record<string, string> {
  const metadata = (cloud.endpoints["metadata"] ?? "").replace(/^http:\/\//, "");
  const project = cloud.account["project"] ?? "";
  return {
    GCE_METADATA_HOST: metadata,
    GCE_METADATA_IP: metadata,
    GCE_METADATA_ROOT: metadata,
    METADATA_SERVER_DETECTION: "assume-present",
    GOOGLE_CLOUD_PROJECT: project,
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: authorityFile,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${cloud.endpoints["storage"]}/storage/v1/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: `${cloud.endpoints["secretmanagerRest"]}/`,
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: authorityFile,
    NODE_EXTRA_CA_CERTS: authorityFile,
  };
}
