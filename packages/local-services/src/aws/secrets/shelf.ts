import { createHmac } from "node:crypto";
import type { RecordCore } from "../../core/types.ts";
import { ACCOUNT_ID } from "../account.ts";
import { JsonFault } from "../json-service.ts";
import type { StoredSecret } from "./model.ts";

/** Where secrets are kept: a record each, under its name. */
export interface Shelf {
  find(id: string): StoredSecret | undefined;
  /** ResourceNotFoundException; InvalidRequestException when it is marked for deletion and `canBeDeleted` is not said. */
  demand(id: string, how?: { readonly canBeDeleted: boolean }): StoredSecret;
  put(secret: StoredSecret): void;
  remove(name: string): void;
  all(): readonly StoredSecret[];
  /** An ARN for a new secret: with six characters of its own, so that a name made again has another one. */
  newArn(name: string): string;
  /** A version id where the client gives none: a UUID. */
  newVersionId(): string;
  transaction<T>(work: () => T): T;
}

const SPACE = "secrets";
const COUNTER = "secrets/counter";

export function makeShelf(
  records: RecordCore,
  context: {
    readonly rootKey: Uint8Array;
    readonly region: string;
    readonly now: () => number;
  },
): Shelf {
  const prefix = `arn:aws:secretsmanager:${context.region}:${ACCOUNT_ID}:secret:`;
  /** The store's counter never says the same twice. */
  const fresh = (purpose: string) => {
    const { version } = records.put(COUNTER, "last", "");
    return createHmac("sha256", context.rootKey).update(`secrets/${purpose}/${version}`).digest();
  };
  const load = (name: string): StoredSecret | undefined => {
    const record = records.get(SPACE, name);
    if (record === undefined) return undefined;
    const secret = JSON.parse(Buffer.from(record.value).toString()) as StoredSecret;
    if (secret.deleteAt === undefined || secret.deleteAt > context.now()) return secret;
    records.remove(SPACE, name); // its recovery window is over
    return undefined;
  };
  const shelf: Shelf = {
    find(id) {
      if (!id.startsWith(prefix)) return load(id);
      const rest = id.slice(prefix.length);
      const whole = load(rest.replace(/-[A-Za-z0-9]{6}$/, ""));
      if (whole?.arn === id) return whole;
      return load(rest); // an ARN without its last six characters
    },
    demand(id, how) {
      const secret = shelf.find(id);
      if (secret === undefined) {
        throw new JsonFault("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      }
      if (secret.deletedAt === undefined || how?.canBeDeleted === true) return secret;
      throw new JsonFault(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    },
    put(secret) {
      records.put(SPACE, secret.name, JSON.stringify(secret));
    },
    remove(name) {
      records.remove(SPACE, name);
    },
    all() {
      const names = records.list(SPACE, { limit: Number.MAX_SAFE_INTEGER }).map((record) => record.key);
      return names.flatMap((name) => load(name) ?? []);
    },
    newArn(name) {
      const suffix = fresh("arn")
        .toString("base64")
        .replace(/[^A-Za-z0-9]/g, "")
        .slice(0, 6);
      return `${prefix}${name}-${suffix}`;
    },
    newVersionId() {
      const b = fresh("version").subarray(0, 16);
      b[6] = (b[6]! & 0x0f) | 0x40;
      b[8] = (b[8]! & 0x3f) | 0x80;
      return b.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
    transaction: (work) => records.transaction(work),
  };
  return shelf;
}
