import { resourceFields, siteFields } from "@trimaran/contract";
import { nameLimits } from "../names.ts";
import { problemCodes } from "../problem.ts";
import { needsOf } from "../schema/resources.ts";
import { documentedSchema, notYet, type SchemaNode } from "./json-schema.ts";
import * as texts from "./texts.ts";

/** docs/spec.md: the reference, made from the schema, so that it cannot tell another story. */
export function specReference(): string {
  const schema = documentedSchema();
  const of = (key: string) => schema.properties![key]!;
  const top = Object.keys(schema.properties!).filter((key) => key !== "app");
  return [
    texts.opening,
    section("The keys at the top", [table(rows({ ...schema, properties: headsOf(schema) }, ""))]),
    ...top.flatMap((key) => (key === "resources" ? [resources(of(key))] : keySection(key, of(key)))),
    texts.environments,
    section("Placeholders", [texts.placeholders, fieldsTable()]),
    texts.commands,
    section("Units", [texts.unitsTable]),
    section("Names", [texts.names, namesTable()]),
    section("Mistakes", [texts.mistakes, codesTable()]),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The top's own keys, with what is in them left to their sections. */
function headsOf(schema: SchemaNode): Record<string, SchemaNode> {
  const strip = ({ properties: _p, additionalProperties: _a, items: _i, ...rest }: SchemaNode): SchemaNode => rest;
  return Object.fromEntries(
    Object.entries(schema.properties!).map(([key, node]) => [key, { ...strip(node), kind: node.kind ?? typeOf(node) }]),
  );
}

function keySection(key: string, node: SchemaNode): string[] {
  if (key === "environments") return [];
  const isNamed = typeof node.additionalProperties === "object";
  const inner = isNamed ? (node.additionalProperties as SchemaNode) : (node.items ?? node);
  const prefix = isNamed ? `${key}.NAME` : node.items !== undefined ? `${key}[]` : key;
  return [section(key, [node.description ?? "", table(rows(inner, prefix))])];
}

function resources(node: SchemaNode): string {
  const types = (node.additionalProperties as SchemaNode).oneOf!;
  const parts = types.map((type) => {
    const name = String(type.properties!["type"]!.const) as keyof typeof resourceFields;
    const needs: readonly string[] = needsOf[name];
    const { type: head, ...keys } = type.properties!;
    return [
      `### ${name}`,
      `${meaningOf(head!)} Written \`type: ${name}\`.`,
      table(rows({ ...type, properties: keys, required: [] }, "resources.NAME")),
      `Needs it can have: ${needs.length === 0 ? "none" : code(needs)}. Fields for placeholders: ${code(resourceFields[name])}.`,
    ].join("\n\n");
  });
  return section("resources", [node.description ?? "", ...parts]);
}

/** One row a key, maps opened up. */
function rows(node: SchemaNode, prefix: string): readonly string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const isRequired = node.required?.includes(key) === true;
    const own = [`\`${path}\``, typeOf(inner), isRequired ? "**required**" : defaultOf(inner), meaningOf(inner)];
    if (inner.properties !== undefined) return [[...own.slice(0, 2), "", own[3]!], ...rows(inner, path)];
    if (inner.items?.properties !== undefined) return [own, ...rows(inner.items, `${path}[]`)];
    return [own];
  });
}

function typeOf(node: SchemaNode): string {
  if (node.kind !== undefined) return node.kind;
  if (node.enum !== undefined) return code(node.enum.map(String));
  if (node.type === "array") return listOf(node.items ?? {});
  if (node.type === "object") return node.properties === undefined ? "map by name" : "map";
  if (node.type === "integer")
    return node.minimum === undefined ? "whole number" : `whole number, ${node.minimum} to ${node.maximum}`;
  if (node.type === "number")
    return node.maximum === undefined || node.maximum >= 1e9 ? "number" : `number, ${node.minimum} to ${node.maximum}`;
  return node.type === "string" ? "text" : "anything";
}

function listOf(item: SchemaNode): string {
  if (item.properties !== undefined) return "list of maps";
  return item.enum?.length === 0 ? "empty list" : `list of ${typeOf(item)}`;
}

function defaultOf(node: SchemaNode): string {
  if (node.otherwise !== undefined) return node.otherwise;
  const value = node.default;
  if (value === undefined) return "–";
  if (Array.isArray(value) && value.length === 0) return "none";
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0) return "none";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function meaningOf(node: SchemaNode): string {
  return `${node.description ?? ""}${node.isLater === true ? ` *${notYet}*` : ""}`;
}

function section(title: string, parts: readonly string[]): string {
  return [`## ${title}`, ...parts.filter((part) => part !== "")].join("\n\n");
}

function table(lines: readonly string[][], head = ["key", "type", "default", "meaning"]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

function fieldsTable(): string {
  const lines = Object.entries(resourceFields).map(([type, fields]) => [
    `\`\${resources.NAME.FIELD}\` of a ${type}`,
    code(fields),
  ]);
  return table(
    [...lines, ["`${site.FIELD}`", code(siteFields)], ["`${secrets.NAME}`", "the same as `${resources.NAME.value}`"]],
    ["placeholder", "FIELD"],
  );
}

function namesTable(): string {
  return table(
    Object.entries(nameLimits).map(([kind, limit]) => [kind, String(limit)]),
    ["name of", "characters at the most"],
  );
}

function codesTable(): string {
  return table(
    Object.entries(problemCodes).map(([name, { severity, means }]) => [`\`${name}\``, severity, means]),
    ["code", "", "means"],
  );
}
