/** The process of a gcp cloud, killed while it is written to: what it acknowledged is there when it starts again. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { credentials, Metadata, makeGenericClientConstructor } from "@grpc/grpc-js";
import type { LocalCloudAnnouncement, LocalCloudConfig } from "@trimaran/contract";
import { isLong } from "../../../../test/parts.ts";
import type { TestCloud } from "../testing/index.ts";
import { issueCertificate, makeAuthority } from "../tls.ts";
import { database } from "./firestore/paths.ts";
import { firestoreSchema } from "./firestore/schema.ts";
import { readSchema } from "./grpc.ts";
import { makeClient } from "./testing/http-client.ts";
import { makeTokens } from "./tokens.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const schema = readSchema(firestoreSchema);
const rootKey = "5a".repeat(32);

async function start(t: TestContext, config: LocalCloudConfig) {
  const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  child.stdin.end(`${JSON.stringify(config)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    const announcement = JSON.parse(line) as LocalCloudAnnouncement;
    return { child, cloud: { announcement, config } as TestCloud };
  }
  throw new Error("the process said nothing");
}

async function kill(child: ChildProcess) {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Commits and reads of the document c/n. */
function firestoreOf(cloud: TestCloud) {
  const { token } = makeTokens(Buffer.from(rootKey, "hex"), Date.now).issue();
  const Client = makeGenericClientConstructor({}, "bare");
  const trust = credentials.createSsl(Buffer.from(cloud.announcement.authority));
  const client = new Client(new URL(cloud.announcement.endpoints["firestore"]!).host, trust);
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const same = (bytes: Buffer) => bytes;
  const ask = (method: string, type: string, request: object) =>
    new Promise<Buffer>((resolve, reject) => {
      const bytes = Buffer.from(
        schema
          .lookupType(`google.firestore.v1.${type}`)
          .encode(request as never)
          .finish(),
      );
      const path = `/google.firestore.v1.Firestore/${method}`;
      client.makeUnaryRequest(path, same, same, bytes, metadata, { deadline: Date.now() + 5000 }, (error, answer) =>
        error === null ? resolve(answer!) : reject(error),
      );
    });
  const name = `${database}/documents/c/n`;
  return {
    write: (n: number) =>
      ask("Commit", "CommitRequest", { database, writes: [{ update: { name, fields: { n: { integerValue: n } } } }] }),
    async read(): Promise<number> {
      const type = schema.lookupType("google.firestore.v1.Document");
      const document = type.decode(await ask("GetDocument", "GetDocumentRequest", { name }));
      return Number(
        (type.toObject(document, { longs: String }) as { fields: { n: { integerValue: string } } }).fields.n
          .integerValue,
      );
    },
    close: () => client.close(),
  };
}

test("objects, documents and secrets that were acknowledged survive SIGKILL", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "killed-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await makeAuthority();
  const tls = { ...(await issueCertificate(authority)), authority: authority.certificate };
  const ensure = [
    { kind: "bucket", name: "documents" },
    { kind: "secret", name: "signing", first: { value: "first" } },
  ] as const;
  const config: LocalCloudConfig = {
    cloud: "gcp",
    region: "us-central1",
    dataFolder: join(folder, "data"),
    tls,
    rootKey,
    ensure,
  };

  const said = { object: 0, document: 0, secret: 0 };
  for (let round = 0; round < (isLong ? 20 : 2); round++) {
    const { child, cloud } = await start(t, config);
    const storage = makeClient(cloud, "storage");
    const secrets = makeClient(cloud, "secretmanagerRest");
    const firestore = firestoreOf(cloud);
    const version = "/v1/projects/trimaran-local/secrets/signing";
    if (round > 0) {
      const object = await storage("GET", "/storage/v1/b/documents/o/n?alt=media");
      const [kept, document] = [Number(object.text.split(" ")[0]), await firestore.read()];
      const { payload } = (await secrets("GET", `${version}/versions/latest:access`)).json as {
        payload: { data: string };
      };
      const secret = Number(Buffer.from(payload.data, "base64").toString());
      // One more may have been written than was heard of.
      assert.ok(kept === said.object || kept === said.object + 1, `object ${kept}, acknowledged ${said.object}`);
      assert.equal(object.text.length, 200_000);
      assert.ok(
        document === said.document || document === said.document + 1,
        `document ${document}, acknowledged ${said.document}`,
      );
      assert.ok(secret === said.secret || secret === said.secret + 1, `secret ${secret}, acknowledged ${said.secret}`);
      Object.assign(said, { object: kept, document, secret });
    }
    const write = async (what: keyof typeof said, once: (n: number) => Promise<unknown>) => {
      for (;;) {
        await once(said[what] + 1);
        said[what]++;
      }
    };
    const put = (n: number) =>
      storage("POST", "/upload/storage/v1/b/documents/o?uploadType=media&name=n", {
        body: `${n} `.padEnd(200_000, "x"),
      });
    const add = (n: number) =>
      secrets("POST", `${version}:addVersion`, {
        body: JSON.stringify({ payload: { data: Buffer.from(String(n)).toString("base64") } }),
      });
    const goal = { object: said.object + 20, document: said.document + 20, secret: said.secret + 20 };
    const writers = [write("object", put), write("document", firestore.write), write("secret", add)];
    const ended = Promise.allSettled(writers);
    const isDone = () => said.object >= goal.object && said.document >= goal.document && said.secret >= goal.secret;
    for (let turn = 0; !isDone() && turn < 1000; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(isDone());
    await kill(child);
    await ended;
    firestore.close();
  }
});
