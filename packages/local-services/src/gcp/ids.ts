import { createHmac } from "node:crypto";
import type { RecordCore } from "../core/types.ts";

/** Names that nobody can guess and that never come twice, also after a restart. */
export function makeIds(rootKey: Uint8Array, records: RecordCore, purpose: string): () => string {
  return () => {
    const { version } = records.put("ids", purpose, "");
    return createHmac("sha256", rootKey).update(`gcp ${purpose} ${version}`).digest("base64url");
  };
}
