import type { XmlElement, XmlFields } from "../xml.ts";
import { childText } from "../xml.ts";
import { S3Error } from "./errors.ts";

export type Tags = Readonly<Record<string, string>>;
const MAX_TAGS = 10;

/** The value of x-amz-tagging: "a=1&b=2". */
export function parseTagHeader(text: string): Tags {
  return checked([...new URLSearchParams(text)]);
}

export function parseTagDocument(document: XmlElement): Tags {
  const set = document.children["TagSet"]?.[0];
  if (set === undefined) throw new S3Error("MalformedXML");
  return checked(
    (set.children["Tag"] ?? []).map((tag) => [childText(tag, "Key") ?? "", childText(tag, "Value") ?? ""]),
  );
}

export function tagDocument(tags: Tags): XmlFields {
  return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
}

function checked(pairs: readonly (readonly [string, string])[]): Tags {
  const tags = Object.fromEntries(pairs);
  if (pairs.length > MAX_TAGS || Object.keys(tags).length !== pairs.length) throw new S3Error("InvalidTag");
  for (const [key, value] of pairs) {
    if (key === "" || key.length > 128 || value.length > 256) throw new S3Error("InvalidTag");
  }
  return tags;
}
