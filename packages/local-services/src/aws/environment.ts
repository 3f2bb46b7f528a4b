import type { LocalCloudAnnouncement } from "@trimaran/contract";

/**
 * Environment variables with which every AWS SDK and the aws command line find this local cloud and sign in by their default
 * chains: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 * `authorityFile` is the path of the announcement's authority as a PEM file.
 */
export function awsEnvironment(cloud: LocalCloudAnnouncement, authorityFile: string): Record<string, string> {
  return {
    AWS_REGION: cloud.region,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_ENDPOINT_URL_S3: cloud.endpoints["s3"]!,
    AWS_ENDPOINT_URL_DYNAMODB: cloud.endpoints["dynamodb"]!,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: cloud.endpoints["secretsmanager"]!,
    AWS_ENDPOINT_URL_STS: cloud.endpoints["sts"]!,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.endpoints["credentials"]}/v2/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: cloud.account["credentialsToken"]!,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CA_BUNDLE: authorityFile,
    NODE_EXTRA_CA_CERTS: authorityFile,
  };
}
