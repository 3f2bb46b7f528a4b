import type { KvFeature, ObjectFeature, PostgresFeature, SecretFeature } from "@trimaran/contract";

/** What the drivers can; known without an SDK. */
export const objectFeatures: readonly ObjectFeature[] = ["signed-url"];
export const kvFeatures: readonly KvFeature[] = ["expiry"];
export const postgresFeatures: readonly PostgresFeature[] = ["logical-replication", "point-in-time-restore"];
export const secretFeatures: readonly SecretFeature[] = ["versions"];
