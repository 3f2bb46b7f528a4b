import type { Cloud, LocalCloudAnnouncement } from "@trimaran/contract";
import { awsEnvironment } from "./aws/environment.ts";
import { azureEnvironment } from "./azure/environment.ts";
import { gcpEnvironment } from "./gcp/environment.ts";

type Environment = (cloud: LocalCloudAnnouncement, authorityFile: string) => Readonly<Record<string, string>>;

const environments: Readonly<Record<Cloud, Environment>> = {
  aws: awsEnvironment,
  azure: azureEnvironment,
  gcp: gcpEnvironment,
};

/** Environment variables for the vendor's own tools and SDKs; `authorityFile` is the path of the authority as a PEM file. */
export const environmentOf: Environment = (cloud, authorityFile) => environments[cloud.cloud](cloud, authorityFile);
