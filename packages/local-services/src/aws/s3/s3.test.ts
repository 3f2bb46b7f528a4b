import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Agent } from "node:https";
import { type TestContext, test } from "node:test";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { assumedRoleArn } from "../account.ts";
import { issueSession } from "../keys.ts";

const Bucket = "documents";
const MIB = 1024 * 1024;

function client(cloud: TestCloud): S3Client {
  const { announcement, config } = cloud;
  const session = issueSession(Buffer.from(config.rootKey, "hex"), assumedRoleArn("test", "s"), Date.now() + 3_600_000);
  return new S3Client({
    region: announcement.region,
    endpoint: announcement.endpoints["s3"]!,
    forcePathStyle: true,
    credentials: session,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: announcement.authority }) }),
  });
}

async function start(t: TestContext): Promise<S3Client> {
  const cloud = await startForTest({ cloud: "aws", ensure: [{ kind: "bucket", name: Bucket }] });
  const s3 = client(cloud);
  t.after(async () => {
    s3.destroy();
    await cloud.close();
  });
  return s3;
}

const fails = (work: Promise<unknown>, name: string, status: number) =>
  assert.rejects(work, (e: { name: string; $metadata?: { httpStatusCode?: number } }) => {
    assert.deepEqual([e.name, e.$metadata?.httpStatusCode], [name, status]);
    return true;
  });

test("objects: headers, metadata, ranges and conditions, as the SDK sees them", async (t) => {
  const s3 = await start(t);
  const Key = "päth with/ odd+chars & (parens)'!*~ 100%.txt";
  const put = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: "0123456789",
      ContentType: "text/plain",
      CacheControl: "no-store",
      Metadata: { owner: "me" },
      Tagging: "a=1&b=two",
    }),
  );
  assert.equal(put.ETag, '"781e5e245d69b566979b86e28d23f2c7"');
  const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
  assert.equal(await got.Body!.transformToString(), "0123456789");
  assert.deepEqual(
    [got.ContentType, got.CacheControl, got.Metadata, got.TagCount, got.ContentEncoding],
    ["text/plain", "no-store", { owner: "me" }, 2, undefined],
  );
  assert.equal(got.ChecksumCRC32, put.ChecksumCRC32);
  const part = await s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=2-4" }));
  assert.deepEqual([await part.Body!.transformToString(), part.ContentRange], ["234", "bytes 2-4/10"]);
  const tail = await s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=-3" }));
  assert.equal(await tail.Body!.transformToString(), "789");
  await fails(s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=10-" })), "InvalidRange", 416);
  await fails(s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: put.ETag })), "Unknown", 304);
  await fails(s3.send(new HeadObjectCommand({ Bucket, Key: "none" })), "NotFound", 404);
  await fails(s3.send(new GetObjectCommand({ Bucket, Key: "none" })), "NoSuchKey", 404);
  await fails(s3.send(new GetObjectCommand({ Bucket: "nobody", Key })), "NoSuchBucket", 404);
  await fails(s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", IfNoneMatch: "*" })), "PreconditionFailed", 412);
  await fails(s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", IfMatch: '"other"' })), "PreconditionFailed", 412);
  await fails(s3.send(new PutObjectCommand({ Bucket, Key: "n", Body: "x", IfMatch: '"o"' })), "NoSuchKey", 404);
  await fails(s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: '"other"' })), "PreconditionFailed", 412);
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: "k", Value: "v" }] } }));
  const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  assert.deepEqual(tags.TagSet, [{ Key: "k", Value: "v" }]);
  const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${encodeURIComponent(Key)}` });
  assert.equal((await s3.send(copy)).CopyObjectResult?.ETag, put.ETag);
  assert.deepEqual((await s3.send(new HeadObjectCommand({ Bucket, Key: "copy" }))).Metadata, { owner: "me" });
  await s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: put.ETag }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const gone = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "copy" }, { Key: "a<&>'\"" }, { Key: " x " }] } }),
  );
  assert.deepEqual(
    gone.Deleted?.map((d) => d.Key),
    ["copy", "a<&>'\"", " x "],
  );
});

test("every checksum that the SDK sends is checked, in a header and in a trailer, and comes back", async (t) => {
  const s3 = await start(t);
  const body = randomBytes(100_000);
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body: body, ChecksumAlgorithm }));
    const attributes = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: ChecksumAlgorithm, ObjectAttributes: ["Checksum", "ObjectSize"] }),
    );
    const name = `Checksum${ChecksumAlgorithm}` as const;
    assert.ok(put[name] !== undefined && attributes.Checksum?.[name] === put[name], name);
    assert.equal(attributes.ObjectSize, body.length);
  }
  const wrong = { Bucket, Key: "wrong", Body: "abc" };
  await fails(s3.send(new PutObjectCommand({ ...wrong, ChecksumCRC32: "AAAAAA==" })), "BadDigest", 400);
  await fails(s3.send(new PutObjectCommand({ ...wrong, ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==" })), "BadDigest", 400);
  await fails(s3.send(new GetObjectCommand({ Bucket, Key: "wrong" })), "NoSuchKey", 404);
});

test("listings page in order of the keys' bytes, with and without a delimiter", async (t) => {
  const s3 = await start(t);
  const keys = ["a", "b/1", "b/2", "c d", "c/x\u0001", "é", "\u{ffff}", "\u{1f600}"];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const all: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, MaxKeys: 3, ContinuationToken: token, EncodingType: "url" }),
    );
    for (const each of page.Contents ?? []) all.push(decodeURIComponent(each.Key!));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  assert.deepEqual(all, keys);
  const rolled = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", StartAfter: "a" }));
  assert.deepEqual(
    rolled.CommonPrefixes?.map((p) => p.Prefix),
    ["b/", "c/"],
  );
  assert.equal(rolled.Contents?.[0]?.Key, "c d");
  const none = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
  assert.deepEqual([none.KeyCount, none.IsTruncated], [0, false]);
});

test("uploads in parts: ETag, checksums of both types, copies of ranges, listings, and a repeated completion", async (t) => {
  const s3 = await start(t);
  const [one, two] = [randomBytes(5 * MIB), randomBytes(1000)];
  for (const [ChecksumAlgorithm, ChecksumType] of [
    ["CRC32", "COMPOSITE"],
    ["CRC32", "FULL_OBJECT"],
    ["CRC64NVME", "FULL_OBJECT"],
    ["SHA256", "COMPOSITE"],
  ] as const) {
    const Key = `${ChecksumAlgorithm}-${ChecksumType}`;
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm, ChecksumType }),
    );
    const Parts = [];
    for (const [i, Body] of [one, two].entries()) {
      const part = await s3.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: i + 1, Body, ChecksumAlgorithm }),
      );
      Parts.push({ ...part, PartNumber: i + 1 });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    assert.deepEqual(
      listed.Parts?.map((p) => p.Size),
      [one.length, two.length],
    );
    const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
    const done = await s3.send(complete);
    assert.match(done.ETag!, /^"[0-9a-f]{32}-2"$/);
    assert.equal((await s3.send(complete)).ETag, done.ETag);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    assert.deepEqual(Buffer.from(await got.Body!.transformToByteArray()), Buffer.concat([one, two]));
    if (ChecksumType === "FULL_OBJECT") {
      const name = `Checksum${ChecksumAlgorithm}` as const;
      const whole = await s3.send(
        new PutObjectCommand({ Bucket, Key: "whole", Body: Buffer.concat([one, two]), ChecksumAlgorithm }),
      );
      assert.equal(done[name], whole[name]);
    }
  }
  const Key = "copied";
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const copied = await s3.send(
    new UploadPartCopyCommand({
      Bucket,
      Key,
      UploadId,
      PartNumber: 1,
      CopySource: `${Bucket}/whole`,
      CopySourceRange: "bytes=10-19",
    }),
  );
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "cop" }));
  assert.deepEqual(
    uploads.Uploads?.map((u) => u.UploadId),
    [UploadId],
  );
  const Parts = [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }];
  const bad = [{ PartNumber: 1, ETag: '"0"' }];
  const complete = (parts: typeof bad) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
  await fails(complete(bad), "InvalidPart", 400);
  await complete(Parts as typeof bad);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  assert.deepEqual(Buffer.from(await got.Body!.transformToByteArray()), one.subarray(10, 20));
});
