import type { LocalCloudAnnouncement } from "@trimaran/contract";
import { awsEnvironment } from "./aws/environment.ts";
import { azureEnvironment } from "./azure/environment.ts";

/** Environment variables for the vendor's own tools and SDKs; `authorityFile` is the path of the authority as a PEM file. */
export function environmentOf(cloud: LocalCloudAnnouncement, authorityFile: string): Readonly<Record<string, string>> {
  if (cloud.cloud === "aws") return awsEnvironment(cloud, authorityFile);
  if (cloud.cloud === "azure") return azureEnvironment(cloud, authorityFile);
  return { NODE_EXTRA_CA_CERTS: authorityFile };
}
