import { XMLParser } from "fast-xml-parser";

export type XmlValue = string | number | boolean | XmlFields | readonly XmlFields[] | readonly string[] | undefined;
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

/** A document with one root; a list repeats its element, `undefined` leaves it out. */
export function toXml(root: string, fields: XmlFields, namespace?: string): string {
  const attribute = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${elements(fields)}</${root}>`;
}

function elements(fields: XmlFields): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      if (value === undefined) return "";
      if (Array.isArray(value)) return value.map((each: string | XmlFields) => element(name, each)).join("");
      return element(name, value as string | XmlFields);
    })
    .join("");
}

function element(name: string, value: string | number | boolean | XmlFields): string {
  return `<${name}>${typeof value === "object" ? elements(value) : escapeXml(String(value))}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (c) => ENTITIES[c]!)
    .replace(/[\u0000-\u001f\u007f]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
}

/** An element: its text where it has no children, else its children by name, each a list. */
export interface XmlElement {
  readonly text: string;
  readonly children: Readonly<Record<string, readonly XmlElement[]>>;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: () => true,
});

/** The root element of this name; undefined when the text is not such a document. */
export function parseXml(text: string, root: string): XmlElement | undefined {
  let parsed: unknown;
  try {
    parsed = parser.parse(text, true);
  } catch (_e) {
    return undefined; // not well-formed
  }
  const found = (parsed as Readonly<Record<string, unknown>>)[root];
  return Array.isArray(found) && found.length === 1 ? toElement(found[0]) : undefined;
}

function toElement(raw: unknown): XmlElement {
  if (typeof raw !== "object" || raw === null) return { text: unescapeXml(String(raw ?? "")), children: {} };
  const children: Record<string, XmlElement[]> = {};
  let text = "";
  for (const [name, value] of Object.entries(raw)) {
    if (name === "#text") text = unescapeXml(String(value));
    else children[name] = (value as unknown[]).map(toElement);
  }
  return { text, children };
}

export function childText(element: XmlElement, name: string): string | undefined {
  return element.children[name]?.[0]?.text;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : undefined;
      if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      return NAMED[name ?? ""] ?? whole;
    },
  );
}
