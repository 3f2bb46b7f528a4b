import type { FeatureOf, ResourceType } from "@trimaran/contract";
import * as z from "zod/mini";
import { type Doc, key, later, line, map, size, whole } from "./words.ts";

/** What a resource of each type may need beyond the ordinary; a provider that cannot give it refuses before anything starts. */
export const needsOf = {
  postgres: ["logical-replication", "point-in-time-restore"],
  bucket: ["signed-url", "versions"],
  kv: ["expiry"],
  secret: ["versions"],
  model: ["embeddings", "json-output"],
  cache: [],
} as const satisfies {
  readonly postgres: readonly FeatureOf["postgres"][];
  readonly bucket: readonly FeatureOf["objects"][];
  readonly kv: readonly FeatureOf["kv"][];
  readonly secret: readonly FeatureOf["secrets"][];
  readonly model: readonly string[];
  readonly cache: readonly string[];
};

const common = <T extends ResourceType, const N extends readonly string[]>(
  type: T,
  says: string,
  needs: N,
  more: Doc = {},
) => ({
  type: key(says, z.literal(type), more),
  needs: key(
    "What it must be able to do beyond the ordinary. A cloud that cannot is refused by `validate`, not found out later.",
    z._default(z.array(z.enum(needs)), []),
  ),
  home: key(
    "Where its data lives: at the primary site, which the app uses from every site, or separately at each site.",
    z._default(z.enum(["primary", "site"]), "primary"),
  ),
});

const sizes = ["small", "medium", "large"] as const;

export const buildResource = () =>
  z.discriminatedUnion("type", [
    map({
      ...common("postgres", "A PostgreSQL database.", needsOf.postgres),
      version: key("Major version of PostgreSQL.", z._default(whole(13, 18), 15)),
      size: key("How much machine it gets.", z._default(z.enum(sizes), "small")),
      storage: key("Disk for its data.", z._default(size("1Gi", "64Ti"), "20Gi")),
    }),
    map({ ...common("bucket", "Objects (files): S3, Blob Storage, Cloud Storage.", needsOf.bucket) }),
    map({ ...common("kv", "Keys and values: DynamoDB, Table storage or Cosmos DB, Firestore.", needsOf.kv) }),
    map({
      ...common("secret", "One secret value: Secrets Manager, Key Vault, Secret Manager.", needsOf.secret),
      generate: key(
        "Make the first value from so many random bytes. Without it the value has to be put in by you.",
        z.optional(whole(16, 1024)),
      ),
    }),
    map({
      ...common("model", "An AI model: Bedrock, Azure OpenAI, Vertex AI.", needsOf.model, later),
      task: key("What it is for.", z._default(z.enum(["chat", "embed"]), "chat")),
      model: key(
        "The vendor's own name of a model, instead of the provider's choice for the task.",
        z.optional(line()),
      ),
    }),
    map({
      ...common("cache", "A Redis-compatible cache, whose content may be lost at any time.", needsOf.cache, later),
      size: key("How much machine it gets.", z._default(z.enum(sizes), "small")),
    }),
  ]);
