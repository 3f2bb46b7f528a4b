import { XMLParser } from "fast-xml-parser";
import { AzureFailure } from "./failure.ts";

type XmlContent = string | number | boolean | readonly XmlNode[];
export type XmlNode = readonly [
  name: string,
  content: XmlContent,
  attributes?: Readonly<Record<string, string>> | undefined,
];

/** A whole document. */
export const toXml = (root: XmlNode): string => `<?xml version="1.0" encoding="utf-8"?>${element(root)}`;

function element([name, content, attributes = {}]: XmlNode): string {
  const open = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const inner = Array.isArray(content) ? content.map(element).join("") : escaped(String(content));
  return inner === "" ? `<${name}${open.join("")} />` : `<${name}${open.join("")}>${inner}</${name}>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What XML 1.0 cannot hold becomes the replacement character. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (c) => entities[c] ?? c)
    .replace(/[\r\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);

/** An element that was read: its text, or its children in document order. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  processEntities: true,
});

/** The root element. Throws `AzureFailure` InvalidXmlDocument where it is not `rootName`. */
export function fromXml(text: string, rootName: string): XmlElement {
  let roots: readonly XmlElement[];
  try {
    roots = (parser.parse(text, true) as readonly unknown[]).map(toElement).filter((e) => e !== undefined);
  } catch (_notXml) {
    throw invalidXml();
  }
  const root = roots[0];
  if (root === undefined || root.name !== rootName) throw invalidXml();
  return root;
}

export const invalidXml = (): AzureFailure =>
  new AzureFailure(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");

/** The parser's ordered form: `{ Name: [children] }`, with text as `{ "#text": "..." }`. */
function toElement(node: unknown): XmlElement | undefined {
  const [name, inner] = Object.entries(node as Record<string, unknown>)[0] ?? [];
  if (name === undefined || name === "#text" || !Array.isArray(inner)) return undefined;
  const text = inner.map((child: unknown) => (child as { "#text"?: unknown })["#text"] ?? "").join("");
  return { name, text, children: inner.map(toElement).filter((child) => child !== undefined) };
}

export const childText = (of: XmlElement | undefined, name: string): string | undefined =>
  of?.children.find((child) => child.name === name)?.text;

export const childNamed = (of: XmlElement | undefined, name: string): XmlElement | undefined =>
  of?.children.find((child) => child.name === name);
