/** The Streamlit example's spec with a stand-in for Streamlit: a browser's page, WebSocket and uploads meet in one process. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import { needsPath } from "../parts.ts";
import { copyExample, root, up } from "./support/cli.ts";

const BROWSERS = 12;
const tornado = needsPath("python3-tornado", "/usr/lib/python3/dist-packages/tornado/__init__.py");

test("session affinity: every browser stays on one instance, WebSocket and uploads included", tornado, async (t) => {
  const app = copyExample(t, "streamlit");
  // migrate.py needs psycopg, which the stand-in does without.
  const spec = join(app, "trimaran.yaml");
  writeFileSync(spec, readFileSync(spec, "utf8").replace(/^ {2}migrate:.*\n/m, ""));
  const { url } = await up(t, app, [], { PATH: `${join(root, "test/e2e/stand-in")}:${process.env["PATH"]}` });

  const instances = new Set<string>();
  for (let i = 0; i < BROWSERS; i++) {
    const page = await fetch(url);
    const cookie = (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const { instance } = (await page.json()) as { instance: string };
    instances.add(instance);
    const socket = await openSocket(`${url.replace("http", "ws")}/_stcore/stream`, cookie);
    assert.equal(socket.hello.instance, instance, "the WebSocket meets the page");
    const upload = await fetch(`${url}/_stcore/upload_file/${socket.hello.session}/notes.md`, {
      method: "PUT",
      headers: { cookie },
      body: "four",
    });
    assert.equal(upload.status, 204, "the upload meets the session");
    const echo = await socket.ask("hello");
    assert.deepEqual(echo, { echo: "hello", instance, uploads: { "notes.md": 4 } });
    socket.close();
  }
  assert.equal(instances.size, 4, "two instances at each of the two active sites get browsers");
});

interface Hello {
  readonly session: string;
  readonly instance: string;
}

async function openSocket(url: string, cookie: string) {
  const socket = new WebSocket(url, { headers: { cookie } });
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      socket.once("message", (data) => resolve(JSON.parse(String(data))));
      socket.once("error", reject);
      socket.once("close", (code) => reject(new Error(`closed with ${code}`)));
    });
  const hello = (await next()) as Hello;
  return {
    hello,
    ask: (text: string) => {
      const answer = next();
      socket.send(text);
      return answer;
    },
    close: () => socket.close(),
  };
}
