import type { Cloud } from "./app.ts";

/**
 * How a local cloud (one process of `local-services`) is started, handed over as JSON on standard input.
 * It answers with one line of JSON on standard output, a `LocalCloudAnnouncement`, when it serves.
 */
export interface LocalCloudConfig {
  readonly cloud: Cloud;
  readonly region: string;
  /** Absolute; made when it is missing. All data is below it. */
  readonly dataFolder: string;
  /** PEM. One certificate for 127.0.0.1, ::1 and localhost, and the authority that signed it. */
  readonly tls: { readonly key: string; readonly certificate: string; readonly authority: string };
  /**
   * 32 bytes in hex, shared by the local clouds of one environment: from it every credential that they issue is derived,
   * so what one issued the others of the same cloud accept.
   */
  readonly rootKey: string;
  /** Ports wanted by service name; a service that is not named gets a free one. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Made at the start where they are missing; nothing is ever removed by leaving it out. */
  readonly ensure: readonly LocalResource[];
  /** Where clients reach the services when that is not the service's own port (a relay): by service name, "https://127.0.0.1:4001". */
  readonly reachedAt?: Readonly<Record<string, string>>;
}

export type LocalResource =
  | { readonly kind: "bucket"; readonly name: string }
  | { readonly kind: "table"; readonly name: string; readonly expiryAttribute?: string }
  | {
      readonly kind: "secret";
      readonly name: string;
      /** Only used where the secret has no version yet. */
      readonly first: { readonly value: string } | { readonly generateBytes: number };
    };

/**
 * Service names are the vendor's:
 * aws: s3, dynamodb, secretsmanager, sts, credentials (container credentials, plain HTTP)
 * azure: blob, table, keyvault, identity (managed identity endpoint, plain HTTP)
 * gcp: storage, firestore, secretmanager, metadata (GCE metadata server, plain HTTP)
 */
export interface LocalCloudAnnouncement {
  readonly ready: true;
  readonly cloud: Cloud;
  readonly region: string;
  readonly pid: number;
  /** The authority's PEM. */
  readonly authority: string;
  /** Where clients reach each service: "https://127.0.0.1:4001". */
  readonly endpoints: Readonly<Record<string, string>>;
  /** The ports that the process itself listens on, by service name. */
  readonly ports: Readonly<Record<string, number>>;
  /**
   * Account facts by name. aws: accountId; azure: account, tenant, subscription; gcp: project.
   * Tokens that open the credential services carry the suffix "Token": azure: identityToken; aws: credentialsToken.
   */
  readonly account: Readonly<Record<string, string>>;
}
