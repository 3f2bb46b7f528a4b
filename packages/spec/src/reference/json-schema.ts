import * as z from "zod/mini";
import { specSchema } from "../schema/spec.ts";
import { docs } from "../schema/words.ts";

/** As much of JSON Schema as comes out of the spec's schema, with what the reference needs (`Doc` in schema/words.ts). */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly kind?: string;
  readonly isLater?: boolean;
  readonly otherwise?: string;
}

/** The spec's schema as draft-07 with everything that is known of its keys. */
export function documentedSchema(): SchemaNode {
  return z.toJSONSchema(specSchema(), {
    target: "draft-07",
    io: "input",
    metadata: docs,
    unrepresentable: "any",
    reused: "inline",
  }) as SchemaNode;
}

export const notYet = "Accepted, not used yet.";

/** What editors read: draft-07, which YAML language servers support best. The same bytes for the same schema. */
export function editorSchema(): string {
  const spec = clean(documentedSchema()) as Record<string, Plain>;
  const properties = spec["properties"] as Record<string, Plain>;
  const { environments, ...others } = properties;
  const overlay = partial({ type: "object", properties: others, additionalProperties: false });
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "trimaran.yaml",
    description: "One app on several clouds. Generated from the spec's schema; the reference is docs/spec.md.",
    ...spec,
    properties: {
      ...properties,
      environments: {
        ...(environments as Record<string, Plain>),
        additionalProperties: { oneOf: [{ type: "null" }, { $ref: "#/definitions/overlay" }] },
      },
    },
    definitions: { overlay },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** JSON Schema without the reference's own words. */
function clean(node: unknown, isMapOfSchemas = false): Plain {
  if (Array.isArray(node)) return node.map((item) => clean(item));
  if (typeof node !== "object" || node === null) return node as Plain;
  const { isLater, ...rest } = node as Record<string, unknown>;
  const out: { [key: string]: Plain } = {};
  for (const [name, value] of Object.entries(isMapOfSchemas ? (node as object) : rest)) {
    if (isMapOfSchemas) out[name] = clean(value);
    else if (name === "kind" || name === "otherwise" || name === "$schema") continue;
    else if (name === "default") {
      // A map's default is that of its keys.
      if (JSON.stringify(value) !== "{}") out[name] = value as Plain;
    } else if (name === "description") {
      if (value !== "") out[name] = isLater === true ? `${String(value)} ${notYet}` : String(value);
    } else if (name === "enum" && Array.isArray(value) && value.length === 0) out["not"] = {};
    else out[name] = clean(value, name === "properties");
  }
  return out;
}

/** The schema of an overlay: no key is required, and null takes any key away. Lists are whole, as in the base. */
function partial(node: Plain): Plain {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return node;
  const { required: _required, oneOf, minProperties: _least, default: _default, ...rest } = node;
  const out: { [key: string]: Plain } = { ...rest };
  const { properties, additionalProperties } = rest;
  if (typeof properties === "object") {
    out["properties"] = Object.fromEntries(
      Object.entries(properties as object).map(([key, value]) => [key, orNull(partial(value))]),
    );
  }
  if (typeof additionalProperties === "object") out["additionalProperties"] = orNull(partial(additionalProperties));
  // Without its type a resource fits several of them.
  if (Array.isArray(oneOf)) out["anyOf"] = oneOf.map(partial);
  return out;
}

function orNull(node: Plain): Plain {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return node;
  const { description, ...rest } = node;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { type: "null" }] };
}
