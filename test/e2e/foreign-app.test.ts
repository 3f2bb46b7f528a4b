/** Parse Server, unchanged from npm, with its database in Postgres and its files in S3, on three local clouds. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { needsPath } from "../parts.ts";
import { root, trimaran, up, workFolder } from "./support/cli.ts";

const modules = join(root, "test/foreign-app/node_modules");
const spec = `
app: parse
service:
  command: parse-server --port $PORT --host 127.0.0.1 --serverURL http://127.0.0.1:$PORT/parse
  port: 1337
  health: /parse/health
  env:
    PARSE_SERVER_APPLICATION_ID: demo
    PARSE_SERVER_MASTER_KEY: "\${resources.master.value}"
    # Parse Server reads its own kind of address, which turns TLS on by ssl=true
    PARSE_SERVER_DATABASE_URI: "postgres://\${resources.database.user}:\${resources.database.password}@\${resources.database.host}:\${resources.database.port}/\${resources.database.database}?ssl=true"
    PARSE_SERVER_FILES_ADAPTER: "@parse/s3-files-adapter"
    PARSE_SERVER_ALLOW_CLIENT_CLASS_CREATION: "true"
    PARSE_SERVER_LOGS_FOLDER: "null"
    PARSE_SERVER_FILE_UPLOAD_OPTIONS: '{ "enableForPublic": true, "enableForAnonymousUser": true, "enableForAuthenticatedUser": true }'
    S3_BUCKET: "\${resources.files.name}"
    S3_REGION: us-east-1
    AWS_ENDPOINT_URL_S3: "\${resources.files.endpoint}"
resources:
  database: { type: postgres }
  files: { type: bucket }
  master: { type: secret, generate: 24 }
sites:
  aws: { cloud: aws, region: us-east-1, weight: 50 }
  azure: { cloud: azure, region: eastus2, weight: 50 }
`;

test(
  "an app that knows nothing of Trimaran keeps rows and files across sites",
  needsPath("foreign-app", modules),
  async (t) => {
    const app = join(workFolder(t), "parse");
    mkdirSync(app);
    writeFileSync(join(app, "trimaran.yaml"), spec);
    copyFileSync(join(root, "test/foreign-app/package.json"), join(app, "package.json"));
    symlinkSync(modules, join(app, "node_modules"));
    assert.equal((await trimaran(app, ["validate"])).status, 0);
    const { url, until } = await up(t, app);
    // Two instances that make the same tables at once may break one of them: it is started again, and finds the tables.
    await until("both sites are healthy", ({ sites }) => sites.every((site) => site.state === "healthy"));
    const headers = { "x-parse-application-id": "demo", "content-type": "application/json" };

    const made = await fetch(`${url}/parse/classes/Note`, {
      method: "POST",
      headers,
      body: JSON.stringify({ text: "from one site" }),
    });
    assert.equal(made.status, 201);
    const { objectId } = (await made.json()) as { objectId: string };
    const bytes = new Uint8Array(300_000).map((_, i) => i * 31);
    const uploaded = await fetch(`${url}/parse/files/picture.bin`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: bytes,
    });
    assert.equal(uploaded.status, 201, await uploaded.clone().text());
    const { name } = (await uploaded.json()) as { name: string };

    const sites = new Set<string>();
    for (let i = 0; i < 4; i++) {
      const note = await fetch(`${url}/parse/classes/Note/${objectId}`, { headers });
      assert.equal(((await note.json()) as { text: string }).text, "from one site");
      const file = await fetch(`${url}/parse/files/demo/${name}`);
      for (const answer of [note, file]) sites.add(answer.headers.get("x-trimaran-site") ?? "");
      assert.equal(file.status, 200);
      assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
    }
    assert.deepEqual([...sites].sort(), ["aws", "azure"]);
  },
);
