import { readFile } from "node:fs/promises";
import {
  BINDING_FILE_VARIABLE,
  BINDING_VARIABLE,
  type Binding,
  type BoundResource,
  type DriverKind,
  TrimaranError,
} from "@trimaran/contract";

const typeOf: Readonly<Record<DriverKind, string>> = {
  objects: "bucket",
  kv: "kv",
  postgres: "postgres",
  secrets: "secret",
};

/** The binding that Trimaran gave this process: inline, else from the file that is named. not_found; invalid_argument */
export async function readBinding(env: Readonly<Record<string, string | undefined>>): Promise<Binding> {
  const inline = env[BINDING_VARIABLE];
  if (inline !== undefined && inline !== "") return parsed(inline, BINDING_VARIABLE);
  const path = env[BINDING_FILE_VARIABLE];
  if (path === undefined || path === "") {
    throw new TrimaranError("not_found", `this process has no binding: ${BINDING_VARIABLE} is not set`, {
      hint: "start the app with: trimaran up",
    });
  }
  const text = await readFile(path, "utf8").catch((e: unknown) => {
    const hint = `${BINDING_FILE_VARIABLE} names a file that this process can read`;
    throw new TrimaranError("not_found", "the file with the binding cannot be read", { cause: e, hint });
  });
  return parsed(text, BINDING_FILE_VARIABLE);
}

/** One resource of the binding, of this kind. not_found and invalid_argument, with the line for trimaran.yaml. */
export function boundResource(binding: Binding, name: string, kind: DriverKind): BoundResource {
  const resource = Object.hasOwn(binding.resources, name) ? binding.resources[name] : undefined;
  const line = yamlLine(name, kind);
  if (resource === undefined) {
    throw new TrimaranError("not_found", `${binding.app} has no resource ${name}`, {
      hint: `in trimaran.yaml: ${line}`,
      at: { resource: name },
    });
  }
  if (resource.kind !== kind) {
    const message = `${name} is opened as ${kind}, and its type in trimaran.yaml is ${typeOf[resource.kind]}`;
    const hint = `open.${resource.kind}("${name}"), or in trimaran.yaml: ${line}`;
    throw new TrimaranError("invalid_argument", message, { hint, at: { resource: name } });
  }
  return resource;
}

export function yamlLine(name: string, kind: DriverKind): string {
  return `resources: { ${name}: { type: ${typeOf[kind]} } }`;
}

function parsed(text: string, from: string): Binding {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (_e) {
    // The parser's message quotes the text, which is not ours to print.
    throw new TrimaranError("invalid_argument", `${from} does not hold JSON`, {
      hint: "start the app with: trimaran up",
    });
  }
  const { version, resources } = (value ?? {}) as { readonly version?: unknown; readonly resources?: unknown };
  if (version !== 1 || typeof resources !== "object" || resources === null) {
    throw new TrimaranError("invalid_argument", `${from} does not hold a binding of version 1`, {
      hint: "npm install @trimaran/runtime@latest",
    });
  }
  for (const [name, one] of Object.entries(resources)) checkResource(name, one, from);
  return value as Binding;
}

function checkResource(name: string, value: unknown, from: string): void {
  const { kind, driver, needs } = (value ?? {}) as Partial<Record<keyof BoundResource, unknown>>;
  const holds = typeof kind === "string" && typeof driver === "string" && Array.isArray(needs);
  if (!holds) throw new TrimaranError("invalid_argument", `${from}: the resource ${name} does not hold`);
}
