import {
  type Json,
  type Provider,
  physicalName,
  placeParts,
  type ResourcePlace,
  shortDigest,
} from "@trimaran/contract";
import { kvFeatures, objectFeatures, postgresFeatures, secretFeatures } from "./features.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function bucketName(of: ResourcePlace): string {
  const name = physicalName(placeParts(of), { maxLength: 63, separator: "-" });
  const isReserved = /^(xn-|sthree-|amzn-s3-demo-)|-(s3alias|ol-s3|x-s3|table-s3)$/.test(name);
  return isReserved ? `t-${shortDigest(name)}` : name;
}

const wordsOf = (of: ResourcePlace, maxLength: number) => physicalName(placeParts(of), { maxLength, separator: "-" });
/** No name of ours has a slash, so nothing else begins like this. */
const secretPrefix = (of: ResourcePlace) => `${wordsOf(of, 128)}/`;

interface Addressed {
  readonly region: string;
  readonly endpoint?: string;
}
const endpointOf = (settings: Addressed, service: string) =>
  settings.endpoint ?? `https://${service}.${settings.region}.amazonaws.com`;

export const aws: Provider = {
  id: "aws",
  kinds: {
    objects: {
      features: objectFeatures,
      module: "@trimaran/aws/objects",
      load: () => import("./objects.ts"),
      physicalName: bucketName,
      localSettings: (of, cloud) => ({
        bucket: bucketName(of),
        region: cloud.region,
        endpoint: cloud.endpoints["s3"] ?? "",
        forcePathStyle: true,
      }),
      fields(_of, settings) {
        const { bucket, region, ...rest } = settings as unknown as Addressed & { readonly bucket: string };
        return { name: bucket, region, endpoint: endpointOf({ region, ...rest }, "s3") };
      },
    },
    kv: {
      features: kvFeatures,
      module: "@trimaran/aws/kv",
      load: () => import("./kv.ts"),
      physicalName: (of) => wordsOf(of, 128),
      localSettings: (of, cloud) => ({
        table: wordsOf(of, 128),
        region: cloud.region,
        endpoint: cloud.endpoints["dynamodb"] ?? "",
      }),
      fields(_of, settings) {
        const { table, region, ...rest } = settings as unknown as Addressed & { readonly table: string };
        return { name: table, region, endpoint: endpointOf({ region, ...rest }, "dynamodb") };
      },
    },
    secrets: {
      features: secretFeatures,
      module: "@trimaran/aws/secrets",
      load: () => import("./secrets.ts"),
      physicalName: (of) => `${secretPrefix(of)}value`,
      localSettings: (of, cloud) => secretSettings(secretPrefix(of), cloud),
      fields: (of) => ({ name: `${secretPrefix(of)}value` }),
    },
    postgres: {
      features: postgresFeatures,
      module: "@trimaran/aws/postgres",
      load: () => import("./postgres.ts"),
      physicalName: (of) => wordsOf(of, 63),
      localSettings: (of, cloud) => ({ signIn: "password", passwords: secretSettings(secretPrefix(of), cloud) }),
      fields: () => ({}),
    },
  },

  /** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
  localEnvironment(cloud, region) {
    return {
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.endpoints["credentials"]}/v2/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: cloud.account["credentialsToken"] ?? "",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL_S3: cloud.endpoints["s3"] ?? "",
      AWS_ENDPOINT_URL_DYNAMODB: cloud.endpoints["dynamodb"] ?? "",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: cloud.endpoints["secretsmanager"] ?? "",
      AWS_ENDPOINT_URL_STS: cloud.endpoints["sts"] ?? "",
      // The chain must not find the credentials of whoever sits at this machine.
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_SESSION_TOKEN: "",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    };
  },
};

function secretSettings(
  prefix: string,
  cloud: { readonly region: string; readonly endpoints: Readonly<Record<string, string>> },
): Json {
  return { prefix, region: cloud.region, endpoint: cloud.endpoints["secretsmanager"] ?? "" };
}
