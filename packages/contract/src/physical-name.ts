import type { ResourcePlace } from "./provider.ts";

/** What a service takes as a name. */
export interface NameRules {
  readonly maxLength: number;
  /** Between the parts; "" where the service takes letters and digits only. */
  readonly separator: "-" | "";
}

/** The words of a resource's name, in order. The environment is left out where none was asked for. */
export function placeParts(of: ResourcePlace): readonly string[] {
  return [of.app, ...(of.environment === "default" ? [] : [of.environment]), of.resource, of.site];
}

/**
 * A name at a service made of an app's own words: lower-case letters, digits and the separator, beginning with a letter, ending
 * with a letter or digit, never two separators in a row. The same parts give the same name, other parts another one: where a
 * character or the length does not fit, or parts could run into one another, a digest of all parts takes the end.
 */
export function physicalName(parts: readonly string[], rules: NameRules): string {
  const { separator, maxLength } = rules;
  const clean = parts.map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, separator));
  const joined = clean.join(separator);
  const isExact =
    separator === "-" &&
    parts.every((part) => /^[a-z0-9]+$/.test(part)) &&
    /^[a-z]/.test(joined) &&
    joined.length <= maxLength;
  if (isExact) return joined;
  const digest = shortDigest(parts.map((part) => `${part.length}:${part}`).join(","));
  const start = (/^[a-z]/.test(joined) ? joined : `t${separator}${joined}`)
    .replace(/-+/g, "-")
    .slice(0, maxLength - digest.length - separator.length)
    .replace(/-+$/, "");
  return `${start}${separator}${digest}`;
}

/** 13 letters and digits: FNV-1a with 64 bits over UTF-8. Spreads names, keeps no secret. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function shortDigest(input: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(input)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(13, "0");
}
