import { type ObjectHead, TrimaranError } from "@trimaran/contract";
import { checkedKey } from "../text.ts";

export const mostKeyBytes = 900;
const mostMetadataBytes = 1500;
const ownPrefix = "trimaran-";
export const hashKey = `${ownPrefix}sha256`;

export function objectKey(key: string): string {
  return checkedKey(key, mostKeyBytes, "an object's key");
}

export function listPrefix(prefix: string): string {
  return checkedKey(prefix, mostKeyBytes, "a prefix", 0);
}

/** What every service carries unchanged: lower-case names, printable ASCII values without white space at the ends. */
export function checkedMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name) || name.startsWith(ownPrefix)) {
      throw new TrimaranError("invalid_argument", "a metadata name is [a-z][a-z0-9-]*, at most 63 characters", {
        hint: `names that begin with ${ownPrefix} are kept for the library`,
      });
    }
    if (!/^[!-~]([ -~]*[!-~])?$/.test(value)) {
      throw new TrimaranError("invalid_argument", "a metadata value is printable ASCII without space at its ends", {
        hint: "encodeURIComponent() makes one of any text",
      });
    }
    size += name.length + value.length;
  }
  if (size > mostMetadataBytes) {
    throw new TrimaranError("invalid_argument", `metadata has at most ${mostMetadataBytes} bytes, not ${size}`);
  }
  return metadata;
}

export function checkedContentType(contentType: string): string {
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+( *;[ -~]*[!-~])?$/.test(contentType) || contentType.length > 255) {
    throw new TrimaranError("invalid_argument", "a content type is type/subtype, with parameters or without");
  }
  return contentType;
}

export function checkedRange({ from, length }: { from?: number; length?: number }): {
  readonly from: number;
  readonly length?: number;
} {
  const start = from ?? 0;
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new TrimaranError("invalid_argument", "from is an offset in bytes, 0 or more");
  }
  if (length === undefined) return { from: start };
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new TrimaranError("invalid_argument", "length is a number of bytes, 1 or more");
  }
  return { from: start, length };
}

/** An object without its bytes. */
export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** For `only: { ifRevision }`; differs whenever the bytes differ. */
  readonly revision: string;
  readonly modifiedAt: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Lower-case hex of the whole content, where the library knew it when it wrote. */
  readonly sha256?: string;
}

/** The app's view of a head: without the metadata that is the library's own. */
export function infoOf(head: ObjectHead): ObjectInfo {
  const { key, size, revision, modifiedAt, contentType } = head;
  const metadata = Object.fromEntries(Object.entries(head.metadata).filter(([name]) => !name.startsWith(ownPrefix)));
  const sha256 = head.metadata[hashKey];
  return { key, size, revision, modifiedAt, contentType, metadata, ...(sha256 === undefined ? {} : { sha256 }) };
}
