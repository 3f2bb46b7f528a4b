import type { StagedBody } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { type Exchange, header } from "../http.ts";
import { base64 } from "./resource.ts";

/** Base64 digests that a client promised. */
export interface Promised {
  readonly md5?: string;
  readonly crc32c?: string;
}

/** From `X-Goog-Hash: crc32c=...,md5=...` and `Content-MD5`. */
export function promisedInHeaders(x: Exchange): Promised {
  const hash = header(x.request, "x-goog-hash") ?? "";
  const crc32c = /(?:^|[,\s])crc32c=([\w+/]+=*)/.exec(hash)?.[1];
  const md5 = /(?:^|[,\s])md5=([\w+/]+=*)/.exec(hash)?.[1] ?? header(x.request, "content-md5");
  return { ...(crc32c === undefined ? {} : { crc32c }), ...(md5 === undefined ? {} : { md5 }) };
}

/** 400 when the bytes that came are not the bytes that were promised. */
export function holdAgainst(promised: Promised, body: StagedBody): void {
  const pairs = [
    ["CRC32C", promised.crc32c, base64(body.crc32c)],
    ["MD5 hash", promised.md5, base64(body.md5)],
  ] as const;
  for (const [name, said, is] of pairs) {
    if (said === undefined || said === is) continue;
    throw new StorageFault(400, "invalid", `Provided ${name} "${said}" doesn't match calculated ${name} "${is}".`);
  }
}
