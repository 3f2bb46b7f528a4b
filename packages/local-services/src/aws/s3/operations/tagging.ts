import { receiveXml } from "../body.ts";
import { demandBucket, type S3Call, sendEmpty, sendXml } from "../call.ts";
import { S3Error } from "../errors.ts";
import { parseTagDocument, type Tags, tagDocument } from "../tags.ts";
import { findObject } from "./read.ts";

export function getObjectTagging(call: S3Call): void {
  const object = findObject(call);
  sendXml(call, "Tagging", tagDocument(JSON.parse(object.extra["tags"] ?? "{}") as Tags));
}

export async function putObjectTagging(call: S3Call): Promise<void> {
  setTags(call, parseTagDocument(await receiveXml(call, "Tagging")));
  sendEmpty(call, 200);
}

export function deleteObjectTagging(call: S3Call): void {
  setTags(call, {});
  sendEmpty(call, 204);
}

/** Tags change neither the bytes nor the time of the last change. */
function setTags(call: S3Call, tags: Tags): void {
  const { records, objects } = call.context.store;
  demandBucket(call);
  records.transaction(() => {
    const object = objects.head(call.bucket, call.key);
    if (object === undefined) throw new S3Error("NoSuchKey", undefined, { Key: call.key });
    const { tags: _old, ...extra } = object.extra;
    const isNone = Object.keys(tags).length === 0;
    objects.describe(call.bucket, call.key, {
      ...object,
      extra: isNone ? extra : { ...extra, tags: JSON.stringify(tags) },
    });
  });
}
