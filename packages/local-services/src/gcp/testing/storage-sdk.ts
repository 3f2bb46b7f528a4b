/** @google-cloud/storage against the endpoint in LOCAL_STORAGE; a program of its own, so that the environment signs it in. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type File, Storage } from "@google-cloud/storage";

const storage = new Storage({ apiEndpoint: process.env["LOCAL_STORAGE"]!, useAuthWithCustomEndpoint: true });
const signingEndpoint = `${process.env["LOCAL_IAM"]}/v1/projects/-/serviceAccounts/`;
const [bucket] = await storage.createBucket("sdk-bucket");
const large = randomBytes(3 * 1024 * 1024 + 17);

/** The client opens resumable sessions signed in only when asked to do so explicitly. */
async function uploadResumable(
  file: File,
  bytes: Buffer,
  options: { readonly chunkSize?: number; readonly only?: number } = {},
) {
  const preconditionOpts = options.only === undefined ? {} : { preconditionOpts: { ifGenerationMatch: options.only } };
  const [uri] = await file.createResumableUpload({ metadata: { contentType: "x/y" }, ...preconditionOpts });
  const chunkSize = options.chunkSize === undefined ? {} : { chunkSize: options.chunkSize };
  await new Promise((resolve, reject) => {
    const stream = file.createWriteStream({ uri, resumable: true, validation: "crc32c", ...chunkSize });
    stream.on("error", reject).on("finish", resolve).end(bytes);
  });
}

const withCode = (code: number) => (e: { code?: unknown }) => Number(e.code) === code;

test("objects come back as they went, by every way to upload", async () => {
  await bucket.file("simple/ü é?#.txt").save("hello", { resumable: false, metadata: { metadata: { k: "v é" } } });
  await uploadResumable(bucket.file("resumable"), large);
  await uploadResumable(bucket.file("chunked"), large, { chunkSize: 512 * 1024 });
  await uploadResumable(bucket.file("empty"), Buffer.alloc(0));
  assert.deepEqual((await bucket.file("resumable").download({ validation: "crc32c" }))[0], large);
  assert.deepEqual((await bucket.file("chunked").download({ validation: "md5" }))[0], large);
  assert.equal((await bucket.file("empty").download())[0].length, 0);
  assert.equal((await bucket.file("simple/ü é?#.txt").download())[0].toString(), "hello");
  const [about] = await bucket.file("simple/ü é?#.txt").getMetadata();
  assert.deepEqual([about.metadata, about.size], [{ k: "v é" }, "5"]);
  const [part] = await bucket.file("resumable").download({ start: 5, end: 9 });
  assert.deepEqual(part, large.subarray(5, 10));
});

test("preconditions hold: absent, this generation, this metageneration", async () => {
  const file = bucket.file("guarded");
  await file.save("one", { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
  await assert.rejects(
    file.save("two", { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } }),
    withCode(412),
  );
  await assert.rejects(uploadResumable(file, large, { only: 0 }));
  const [{ generation }] = await file.getMetadata();
  await file.save("two", { resumable: false, preconditionOpts: { ifGenerationMatch: Number(generation) } });
  await assert.rejects(file.delete({ ifGenerationMatch: generation! }), withCode(412));
  await assert.rejects(file.setMetadata({ metadata: { a: "b" } }, { ifMetagenerationMatch: 9 }), withCode(412));
  assert.equal((await file.download())[0].toString(), "two");
});

test("copies, compositions and descriptions", async () => {
  const source = bucket.file("source");
  await source.save("abc", { resumable: false, metadata: { contentType: "a/b", metadata: { k: "v" } } });
  const [copy] = await source.copy(bucket.file("copy"));
  const [copied] = await copy.getMetadata();
  assert.deepEqual([copied.contentType, copied.metadata], ["a/b", { k: "v" }]);
  const [changed] = await copy.setMetadata({ cacheControl: "no-cache", metadata: { k: null, n: "1" } });
  assert.deepEqual([changed.metadata, changed.cacheControl, changed.metageneration], [{ n: "1" }, "no-cache", "2"]);
  await bucket.combine(["source", "copy"], "whole");
  assert.equal((await bucket.file("whole").download())[0].toString(), "abcabc");
});

test("listings have order, prefixes and pages", async () => {
  for (const name of ["l/b", "l/a", "l/c/1", "l/c/2", "l/\u{10000}", "l/\uffff"])
    await bucket.file(name).save(name, { resumable: false });
  const names = async (query: object) => (await bucket.getFiles(query))[0].map((file) => file.name);
  assert.deepEqual(await names({ prefix: "l/" }), ["l/a", "l/b", "l/c/1", "l/c/2", "l/\uffff", "l/\u{10000}"]);
  assert.deepEqual(await names({ prefix: "l/", startOffset: "l/b", endOffset: "l/c/2" }), ["l/b", "l/c/1"]);
  const seen: string[] = [];
  for (
    let query: object | null = { prefix: "l/", delimiter: "/", maxResults: 2, autoPaginate: false };
    query !== null;
  ) {
    const [files, next, page] = (await bucket.getFiles(query)) as unknown as [
      File[],
      object | null,
      { prefixes?: string[] },
    ];
    seen.push(...files.map((file) => file.name), ...(page.prefixes ?? []));
    assert.ok(files.length + (page.prefixes ?? []).length <= 2);
    query = next;
  }
  assert.deepEqual(seen.sort(), ["l/a", "l/b", "l/c/", "l/\u{10000}", "l/\uffff"].sort());
});

test("what is not there is not found", async () => {
  await assert.rejects(bucket.file("nothing").getMetadata(), withCode(404));
  await assert.rejects(bucket.file("nothing").download(), withCode(404));
  await assert.rejects(storage.bucket("no-such-bucket").file("x").save("x", { resumable: false }), withCode(404));
  assert.deepEqual(await bucket.file("nothing").exists(), [false]);
  await assert.rejects(storage.createBucket("sdk-bucket"), withCode(409));
  await assert.rejects(bucket.delete(), withCode(409));
});

for (const version of ["v4", "v2"] as const) {
  test(`URLs signed through IAM let strangers in, and only as signed (${version})`, async () => {
    const expires = Date.now() + 60_000;
    const file = bucket.file(`signed/${version} ü`);
    const [put] = await file.getSignedUrl({ version, action: "write", contentType: "a/b", expires, signingEndpoint });
    const headers = { "content-type": "a/b" };
    assert.equal((await fetch(put, { method: "PUT", body: "by URL", headers })).status, 200);
    const other = { "content-type": "c/d" };
    assert.equal((await fetch(put, { method: "PUT", body: "forged", headers: other })).status, 403);
    const [get] = await file.getSignedUrl({ version, action: "read", expires, signingEndpoint });
    assert.equal(await (await fetch(get)).text(), "by URL");
    assert.equal((await fetch(get, { method: "DELETE" })).status, 403);
    assert.equal((await fetch(get.replace("signed", "source"))).status, 403);
  });
}
