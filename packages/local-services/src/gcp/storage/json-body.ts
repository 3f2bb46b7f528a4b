import { StorageFault } from "../faults.ts";
import { type Exchange, readBody } from "../http.ts";

/** A request's JSON object; 400 when it is none. */
export async function readJson(x: Exchange): Promise<Record<string, unknown>> {
  const bytes = await readBody(x.request);
  if (bytes === undefined) throw new StorageFault(413, "uploadTooLarge", "The request is too large.");
  return parseJson(bytes);
}

export function parseJson(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString());
    // A client without anything to say may say so.
    if (value === null) return {};
    if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (_e) {
    // Answered below, as what is valid JSON but no object.
  }
  throw new StorageFault(400, "parseError", "Parse Error");
}
