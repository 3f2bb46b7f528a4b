import type { ObjectCore, StagedBody } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { type Exchange, header, type Route } from "../http.ts";
import { queryPreconditions } from "./conditions.ts";
import { type Description, readDescription, refuseAcl } from "./describe.ts";
import { promisedInHeaders } from "./digests.ts";
import { sendResource } from "./fields.ts";
import { parseJson, readJson } from "./json-body.ts";
import { demandBucket, demandObjectName } from "./lookup.ts";
import { readMultipart } from "./multipart.ts";
import { place, type Target } from "./place.ts";
import { objectResource } from "./resource.ts";
import type { Sessions } from "./sessions.ts";

/** https://cloud.google.com/storage/docs/uploads-downloads#uploads: in one request, with metadata, or in a resumable session. */
export function uploadRoutes(objects: ObjectCore, sessions: Sessions): readonly Route[] {
  const insert = (x: Exchange) => insertObject(objects, sessions, x);
  const call = "objects.insert";
  return ["/upload", "/resumable/upload"].flatMap((root): Route[] => {
    const path = `${root}/storage/v1/b/{bucket}/o`;
    return [
      { call, method: "POST", path, handle: insert },
      { call, method: "PUT", path, handle: (x) => sessions.take(x) },
      { call, method: "DELETE", path, handle: (x) => sessions.cancel(x) },
    ];
  });
}

async function insertObject(objects: ObjectCore, sessions: Sessions, x: Exchange) {
  // A session's requests may come as POST too.
  if (x.query.get("upload_id") !== null) return sessions.take(x);
  demandBucket(objects, x.params["bucket"] ?? "");
  refuseUnserved(x);
  const how = x.query.get("uploadType") ?? header(x.request, "x-goog-upload-protocol") ?? "media";
  if (how === "resumable") {
    const about = readDescription(await readJson(x), header(x.request, "x-upload-content-type"));
    return sessions.open(x, toTarget(x, about));
  }
  const send = (target: Target, body: StagedBody) => {
    sendResource(x, objectResource(place(objects, target, body), x.origin));
  };
  const type = header(x.request, "content-type");
  if (how === "media") {
    const encoding = x.query.get("contentEncoding");
    const about = readDescription(encoding === null ? {} : { contentEncoding: encoding }, type);
    return send(toTarget(x, about), await objects.stage(x.request, { ephemeral: true }));
  }
  if (how !== "multipart") throw new StorageFault(400, "invalid", "Invalid value for: uploadType");
  const parts = await readMultipart(type ?? "", x.request);
  const about = readDescription(parseJson(parts.metadata), parts.mediaType);
  const target = toTarget(x, about);
  send(target, await objects.stage(parts.media, { ephemeral: true }));
}

function toTarget(x: Exchange, about: Description): Target {
  return {
    bucket: x.params["bucket"] ?? "",
    name: demandObjectName(x.query.get("name") ?? about.name),
    object: about.object,
    promised: { ...about.promised, ...promisedInHeaders(x) },
    when: queryPreconditions(x.query),
  };
}

function refuseUnserved(x: Exchange): void {
  refuseAcl(x.query.get("predefinedAcl"));
  const asked = [
    ...["kmsKeyName"].filter((name) => x.query.get(name) !== null),
    ...["x-goog-encryption-algorithm", "content-encoding"].filter((name) => x.request.headers[name] !== undefined),
  ];
  if (asked.length === 0) return;
  throw new StorageFault(501, "notImplemented", `${asked.join(", ")} in an upload is not served by this local cloud.`);
}
