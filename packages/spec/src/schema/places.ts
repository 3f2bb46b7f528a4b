import type * as z from "zod/mini";
import { specSchema } from "./spec.ts";

/** Where else in the spec a key of this name stands: "service", "traffic.failover". Only asked once something is wrong. */
export function topOf(name: string): readonly string[] {
  const places: string[] = [];
  visit(specSchema(), "");
  return [...new Set(places)];

  function visit(schema: z.core.$ZodType, path: string): void {
    const def = (schema as z.core.$ZodTypes)._zod.def;
    if (def.type === "default" || def.type === "prefault" || def.type === "optional") visit(def.innerType, path);
    else if (def.type === "record") visit(def.valueType, `${path}.NAME`);
    else if (def.type === "array") visit(def.element, `each of ${path}`);
    else if (def.type === "union") for (const option of def.options) visit(option, path);
    else if (def.type === "object") {
      for (const [key, inner] of Object.entries(def.shape)) {
        if (key === name) places.push(path);
        visit(inner, path === "" ? key : `${path}.${key}`);
      }
    }
  }
}
