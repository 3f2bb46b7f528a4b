import type { LocalService, ProtocolContext } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { type Exchange, header, type Route, sendJson, sendText, serveHttp } from "../http.ts";
import { makeIds } from "../ids.ts";
import type { SigningKey } from "../keys.ts";
import type { Tokens } from "../tokens.ts";
import { makeBuckets } from "./buckets.ts";
import { conditionNotMet } from "./conditions.ts";
import { copyRoutes } from "./copies.ts";
import { objectRoutes } from "./objects.ts";
import { makeSessions, type Sessions } from "./sessions.ts";
import { checkSigned, isSigned } from "./signed-urls.ts";
import { uploadRoutes } from "./uploads.ts";
import { isXmlPath, refuseInXml, xmlRoutes } from "./xml.ts";

export interface StorageService extends LocalService {
  readonly routes: readonly Route[];
  ensureBucket(name: string): void;
}

/** Cloud Storage: the JSON API, and of the XML API what signed URLs need. */
export function makeStorage(context: ProtocolContext, tokens: Tokens, key: SigningKey): StorageService {
  const { store, region, rootKey, now } = context;
  const buckets = makeBuckets(store, region, now);
  const sessions = makeSessions(store, now, makeIds(rootKey, store.records, "upload session"));
  const routes = [
    ...buckets.routes,
    ...objectRoutes(store.objects),
    ...uploadRoutes(store.objects, sessions),
    ...copyRoutes(store.objects),
    ...xmlRoutes(store.objects),
  ];
  const handle = serveHttp({
    scheme: "https",
    routes,
    authorize: (x) => authorize(x, tokens, key, sessions, now()),
    refuse,
    unknown: (x) => unserved(x),
  });
  return { name: "storage", transport: "https", handle, routes, ensureBucket: (name) => buckets.ensure(name) };
}

function authorize(x: Exchange, tokens: Tokens, key: SigningKey, sessions: Sessions, nowMs: number) {
  const found = tokens.check(header(x.request, "authorization"));
  if (found === "missing" && isXmlPath(x.rawPath) && isSigned(x)) return checkSigned(x, key, nowMs);
  // Who knows a session's address may write to it: https://cloud.google.com/storage/docs/resumable-uploads#session-uris
  if (found === "missing" && sessions.has(x.query.get("upload_id") ?? "")) return;
  if (found === "invalid") throw new StorageFault(401, "authError", "Invalid Credentials", "Authorization");
  if (found === "missing") {
    const message = "Anonymous caller does not have storage access to this resource (or it may not exist).";
    throw new StorageFault(401, "required", message, "Authorization");
  }
}

function unserved(x: Exchange): StorageFault {
  const message = `${x.request.method} ${x.rawPath} is not served by this local cloud.`;
  return new StorageFault(501, "notImplemented", message);
}

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
function refuse(x: Exchange, error: unknown) {
  const fault = toFault(error);
  // A body that is still on its way is taken off the wire, so that the client gets to read the answer.
  x.request.resume();
  if (isXmlPath(x.rawPath)) return refuseInXml(x, fault);
  if (x.query.get("alt") === "media") return sendText(x, fault.status, fault.message);
  const { status, message, reason, location } = fault;
  const where = location === undefined ? {} : { locationType: "header", location };
  const detail = { message, domain: "global", reason, ...where };
  const challenge: Record<string, string> =
    status === 401 ? { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' } : {};
  sendJson(x, status, { error: { code: status, message, errors: [detail] } }, challenge);
}

function toFault(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error;
  if (error instanceof Error && error.name === "ConditionFailed") return conditionNotMet();
  return new StorageFault(500, "backendError", "Internal error encountered.");
}
