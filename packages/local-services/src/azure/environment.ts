import type { LocalCloudAnnouncement } from "@trimaran/contract";

/**
 * Environment variables with which the Azure SDKs' default credential signs in to this local cloud, as in App Service and
 * Container Apps. `authorityFile` is the path of the announcement's authority as a PEM file.
 */
export function azureEnvironment(cloud: LocalCloudAnnouncement, authorityFile: string): Record<string, string> {
  return {
    IDENTITY_ENDPOINT: `${cloud.endpoints["identity"]}/msi/token`,
    IDENTITY_HEADER: cloud.account["identityToken"]!,
    NODE_EXTRA_CA_CERTS: authorityFile,
  };
}
