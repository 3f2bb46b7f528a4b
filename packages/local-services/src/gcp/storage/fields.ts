import { StorageFault } from "../faults.ts";
import { type Exchange, sendJson } from "../http.ts";

type Mask = { [name: string]: Mask };

/** Answers with a resource, cut down to what `fields` asks for: https://cloud.google.com/storage/docs/json_api#partial-response */
export function sendResource(x: Exchange, resource: Record<string, unknown>, status = 200) {
  const fields = x.query.get("fields");
  const body = fields === null || fields === "" ? resource : cut(resource, readMask(fields));
  const etag = typeof resource["etag"] === "string" ? { etag: resource["etag"] } : {};
  sendJson(x, status, body, etag);
}

/** `a,b/c,d(e,f)` as a tree; 400 when it is not of that form. */
export function readMask(fields: string): Mask {
  let at = 0;
  const list = (end: string | undefined): Mask => {
    const mask: Mask = {};
    for (;;) {
      let node = mask;
      do {
        const name = /^[\w*.:-]+/.exec(fields.slice(at))?.[0];
        if (name === undefined) throw new StorageFault(400, "invalidParameter", `Invalid field selection ${fields}`);
        at += name.length;
        node = node[name] ??= {};
      } while (fields[at] === "/" && ++at > 0);
      if (fields[at] === "(") {
        at++;
        Object.assign(node, list(")"));
      }
      const next = fields[at++];
      if (next === end) return mask;
      if (next !== ",") throw new StorageFault(400, "invalidParameter", `Invalid field selection ${fields}`);
    }
  };
  return list(undefined);
}

function cut(value: unknown, mask: Mask): unknown {
  if (Object.keys(mask).length === 0) return value;
  if (Array.isArray(value)) return value.map((each) => cut(each, mask));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => Object.hasOwn(mask, name) || Object.hasOwn(mask, "*"));
  return Object.fromEntries(kept.map(([name, each]) => [name, cut(each, mask[name] ?? mask["*"] ?? {})]));
}
