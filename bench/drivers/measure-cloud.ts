/** One cloud, in a process of its own, as an instance at that site: standard input holds the announcement; prints JSON. */
import { readFileSync } from "node:fs";
import { aws } from "@trimaran/aws";
import { azure } from "@trimaran/azure";
import type { LocalCloudAnnouncement, Provider } from "@trimaran/contract";
import { gcp } from "@trimaran/gcp";
import { median } from "../support/measure.ts";
import { bareKv, bareObjects, type Store } from "./bare.ts";

const { announcement, calls, largeMiB, rounds } = JSON.parse(readFileSync(0, "utf8")) as {
  readonly announcement: LocalCloudAnnouncement;
  readonly calls: number;
  readonly largeMiB: number;
  readonly rounds: number;
};
const provider = [aws, azure, gcp].find((one) => one.id === announcement.cloud) as Provider;
const place = (resource: string) => {
  return { app: "bench", environment: "default", resource, site: "here", region: announcement.region };
};
const call = { signal: new AbortController().signal };
const small = Buffer.alloc(1024, 7);
const large = Buffer.alloc(largeMiB * 2 ** 20, 7);
const CONCURRENT = 8;

const objects = await (await provider.kinds.objects.load()).open(
  provider.kinds.objects.localSettings(place("documents"), announcement),
  "documents",
);
const kv = await (await provider.kinds.kv.load()).open(
  provider.kinds.kv.localSettings(place("sessions"), announcement),
  "sessions",
);
const how = { contentType: "application/octet-stream", metadata: {} };
const ourObjects: Store = {
  put: (key, bytes) => objects.write(key, streamOf(bytes), how, call),
  async get(key) {
    let size = 0;
    for await (const part of (await objects.read(key, { from: 0 }, call)).body) size += part.length;
    return size;
  },
};
const ourKv: Store = {
  put: (key, bytes) => kv.put(key, bytes, {}, call),
  get: async (key) => (await kv.get(key, call))?.value.length ?? 0,
};

function streamOf(bytes: Buffer): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, (at += 256 * 1024)));
      },
    },
    { highWaterMark: 0 },
  );
}

/** Calls a second, and the 99th percentile of one in milliseconds. */
async function many(run: (key: string) => Promise<unknown>) {
  const took: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      while (next < calls) {
        const key = `key-${next++ % 100}`;
        const at = performance.now();
        await run(key);
        took.push(performance.now() - at);
      }
    }),
  );
  const perSecond = (calls * 1000) / (performance.now() - startedAt);
  const p99Ms = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0;
  return { perSecond, p99Ms };
}

async function compareSmall(ours: Store, bare: Store) {
  const of = async (op: (store: Store) => (key: string) => Promise<unknown>) => {
    const pairs: { ours: Awaited<ReturnType<typeof many>>; bare: Awaited<ReturnType<typeof many>> }[] = [];
    // The first round compiles and connects.
    for (let i = 0; i <= rounds; i++) {
      const pair = { ours: await many(op(ours)), bare: await many(op(bare)) };
      if (i > 0) pairs.push(pair);
    }
    const middle = (which: "ours" | "bare", what: "perSecond" | "p99Ms") =>
      median(pairs.map((one) => one[which][what]));
    return {
      ours: middle("ours", "perSecond"),
      bare: middle("bare", "perSecond"),
      ratio: median(pairs.map((one) => one.ours.perSecond / one.bare.perSecond)),
      p99Ours: middle("ours", "p99Ms"),
      p99Bare: middle("bare", "p99Ms"),
    };
  };
  return {
    put: await of((store) => (key) => store.put(key, small)),
    get: await of((store) => (key) => store.get(key)),
  };
}

async function compareLarge(ours: Store, bare: Store) {
  const rate = async (run: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await run();
    return (largeMiB * 1000) / (performance.now() - startedAt);
  };
  const of = async (op: (store: Store) => () => Promise<unknown>) => {
    const pairs: { ours: number; bare: number }[] = [];
    for (let i = 0; i < rounds; i++) pairs.push({ ours: await rate(op(ours)), bare: await rate(op(bare)) });
    const ratio = median(pairs.map((one) => one.ours / one.bare));
    return { ours: median(pairs.map((one) => one.ours)), bare: median(pairs.map((one) => one.bare)), ratio };
  };
  return {
    put: await of((store) => () => store.put("large", large)),
    get: await of((store) => () => store.get("large")),
  };
}

const bucket = provider.kinds.objects.physicalName(place("documents"));
const table = provider.kinds.kv.physicalName(place("sessions"));
const plainObjects = await bareObjects(provider.id, objects.native, bucket);
const plainKv = await bareKv(provider.id, kv.native, table);
const result = {
  objects: await compareSmall(ourObjects, plainObjects),
  // Other keys than the driver's: its entries have more properties.
  kv: await compareSmall(ourKv, {
    put: (key, bytes) => plainKv.put(`bare-${key}`, bytes),
    get: (key) => plainKv.get(`bare-${key}`),
  }),
  large: await compareLarge(ourObjects, plainObjects),
};
console.log(JSON.stringify(result));
process.exit(0);
