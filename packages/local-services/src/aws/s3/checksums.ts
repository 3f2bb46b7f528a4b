import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { crc32c } from "../../core/crc32c.ts";
import { crc64nvme } from "./crc64nvme.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export const ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum that grows with the body; `end` answers its raw bytes, most significant first. */
export interface RunningChecksum {
  add(chunk: Uint8Array): void;
  end(): Buffer;
}

export function isAlgorithm(text: string): text is Algorithm {
  return (ALGORITHMS as readonly string[]).includes(text);
}

export function headerName(algorithm: Algorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The element's name in XML: "ChecksumCRC32". */
export function elementName(algorithm: Algorithm): string {
  return `Checksum${algorithm}`;
}

export function startChecksum(algorithm: Algorithm): RunningChecksum {
  switch (algorithm) {
    case "SHA1":
    case "SHA256": {
      const hash = createHash(algorithm.toLowerCase());
      return { add: (chunk) => hash.update(chunk), end: () => hash.digest() };
    }
    case "CRC32":
      return running32((chunk, before) => crc32(chunk, before));
    case "CRC32C":
      return running32(crc32c);
    case "CRC64NVME": {
      const crc = crc64nvme();
      return { add: (chunk) => crc.add(chunk), end: () => crc.end() };
    }
  }
}

function running32(step: (chunk: Uint8Array, before: number) => number): RunningChecksum {
  let value = 0;
  return {
    add(chunk) {
      value = step(chunk, value);
    },
    end() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(value);
      return out;
    },
  };
}

/** A multipart object's checksum of its parts' checksums: "base64-N". */
export function compositeChecksum(algorithm: Algorithm, parts: readonly string[]): string {
  const sum = startChecksum(algorithm);
  for (const part of parts) sum.add(Buffer.from(part, "base64"));
  return `${sum.end().toString("base64")}-${parts.length}`;
}
