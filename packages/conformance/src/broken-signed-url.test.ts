import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { guard, type ObjectDriver } from "@trimaran/contract";
import { body, collect } from "./bytes.ts";
import { memoryObjects, objectStore } from "./memory/objects.ts";
import { signedUrlCases } from "./objects/signed-url.ts";
import { type CaseResult, runSuite } from "./suite.ts";

/** A service with signed URLs over the memory driver: small, and sound unless a breakage says otherwise. */
const sound = {
  signed: (method: string, key: string, until: string) => `${method}\n${key}\n${until}`,
  url: (key: string) => encodeURIComponent(key),
  stored: (bytes: Uint8Array) => bytes,
  needsHeader: "x-body-type",
  sentHeaders: { "x-body-type": "whole" } as Readonly<Record<string, string>>,
};
let service = sound;
let store = objectStore();
let origin = "";
const call = { signal: new AbortController().signal };
const hmac = (text: string) => createHmac("sha256", "key of the test").update(text).digest("hex");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "", origin);
  const key = decodeURIComponent(url.pathname.slice(1));
  const until = url.searchParams.get("until") ?? "";
  const isSigned = url.searchParams.get("sign") === hmac(service.signed(request.method ?? "", key, until));
  if (!isSigned || Number(until) < Date.now()) return void response.writeHead(403).end();
  const objects = memoryObjects(store);
  if (request.method === "PUT") {
    if (request.headers[service.needsHeader] !== "whole") return void response.writeHead(400).end();
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const bytes = service.stored(new Uint8Array(Buffer.concat(parts)));
    await objects.write(key, body(bytes), { contentType: "", metadata: {} }, call);
    return void response.writeHead(200).end();
  }
  const found = await objects.read(key, { from: 0 }, call).catch(() => undefined);
  if (found === undefined) return void response.writeHead(404).end();
  response.writeHead(200).end(await collect(found.body));
}

const server = createServer((request, response) => {
  answer(request, response).catch((e: Error) => response.destroy(e));
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function run(breakage: Partial<typeof sound>): Promise<readonly CaseResult[]> {
  service = { ...sound, ...breakage };
  return runSuite(
    { kind: "objects", cases: signedUrlCases },
    {
      name: "signing",
      timeoutMs: 5000,
      async reset() {
        store = objectStore();
      },
      async make() {
        const driver: ObjectDriver = {
          ...memoryObjects(store),
          can: new Set(["signed-url"] as const),
          signedPutHeaders: service.sentHeaders,
          async signedUrl(key, { method, forSeconds }) {
            const until = String(Date.now() + forSeconds * 1000);
            return `${origin}/${service.url(key)}?until=${until}&sign=${hmac(service.signed(method, key, until))}`;
          },
        };
        return guard(driver, () => undefined, "test");
      },
    },
  );
}

test("a service that signs soundly passes", async () => {
  assert.deepEqual(
    (await run({})).map((r) => r.outcome),
    ["pass", "pass", "pass"],
  );
});

const broken: readonly (readonly [string, Partial<typeof sound>])[] = [
  ["signs for every object", { signed: (method, _key, until) => `${method}\n${until}` }],
  ["signs for every method", { signed: (_method, key, until) => `${key}\n${until}` }],
  ["forgets to escape the key", { url: (key) => key }],
  ["does not say which headers a PUT must send", { sentHeaders: {} }],
  ["loses what is put", { stored: () => new Uint8Array() }],
];
for (const [what, breakage] of broken) {
  test(`a driver that ${what} is caught`, async () => {
    assert.ok((await run(breakage)).some((r) => r.outcome === "fail"));
  });
}
