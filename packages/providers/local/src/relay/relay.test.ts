import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { openPortBook } from "./ports.ts";
import { createRelay, noFault, type Relay } from "./relay.ts";

const ports = openPortBook({}, process.pid * 37);

async function echo(
  t: TestContext,
  serve: (s: Socket) => void = (s) => void s.pipe(s),
  port = 0,
): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (s) => {
    sockets.add(s);
    s.on("error", () => {});
    serve(s);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const s of sockets) s.destroy();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

async function relayTo(t: TestContext, port: number, dice: () => number = () => 0.5): Promise<Relay> {
  const relay = createRelay(await ports.take(`relay-${Math.random()}`), dice);
  t.after(() => relay.destroy());
  await relay.open(port);
  return relay;
}

function dial(t: TestContext, port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString();
}

async function failure(socket: Socket): Promise<string> {
  const [e] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  return e.code ?? "";
}

test("passes bytes both ways and keeps a half-closed connection open", async (t) => {
  const { port } = await echo(t, (s) => {
    const got: Buffer[] = [];
    s.on("data", (c: Buffer) => got.push(c));
    s.on("end", () => s.end(Buffer.concat(got)));
  });
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port);
  client.end("all of it");
  const got: Buffer[] = [];
  for await (const chunk of client) got.push(chunk as Buffer);
  assert.equal(Buffer.concat(got).toString(), "all of it");
});

test("a reader that waits stops the writer; then all 64 MiB arrive", async (t) => {
  const total = 64 * 1024 * 1024;
  let written = 0;
  let stalled: () => void = () => {};
  const stall = new Promise<void>((resolve) => {
    stalled = resolve;
  });
  const { port } = await echo(t, (s) => {
    const chunk = Buffer.alloc(64 * 1024, 1);
    const more = () => {
      while (written < total) {
        written += chunk.length;
        if (!s.write(chunk)) {
          const idle = setTimeout(stalled, 200);
          return void s.once("drain", () => {
            clearTimeout(idle);
            more();
          });
        }
      }
      s.end();
    };
    more();
  });
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port);
  await stall;
  // What the kernel's buffers of two connections take, and one chunk here.
  assert.ok(written < total / 2, `${written} bytes were taken`);
  let got = 0;
  for await (const chunk of client) got += (chunk as Buffer).length;
  assert.equal(got, total);
});

test("closed it refuses at once, and opens again on the same port to another target", async (t) => {
  const one = await echo(t);
  const two = await echo(t, (s) => void s.end("two"));
  const relay = await relayTo(t, one.port);
  await relay.close();
  assert.equal(await failure(dial(t, relay.port)), "ECONNREFUSED");
  await relay.open(two.port);
  const [answer] = (await once(dial(t, relay.port), "data")) as [Buffer];
  assert.equal(answer.toString(), "two");
});

test("an open connection lives on when the relay closes", async (t) => {
  const { port } = await echo(t);
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port);
  assert.equal(await ask(client, "a"), "a");
  await relay.close();
  assert.equal(await ask(client, "b"), "b");
});

test("a target that is gone closes the relay with the first connection, and opens it when it is back", async (t) => {
  const { port, server } = await echo(t, undefined, await ports.take("gone"));
  const relay = await relayTo(t, port);
  server.close();
  await once(server, "close");
  assert.equal(await failure(dial(t, relay.port)), "ECONNRESET");
  assert.equal(await failure(dial(t, relay.port)), "ECONNREFUSED");
  const back = createServer((s) => void s.on("error", () => {}).end("back")).listen(port, "127.0.0.1");
  t.after(() => back.close());
  for (let answer = ""; answer !== "back"; ) {
    const client = dial(t, relay.port);
    answer = await new Promise<string>((resolve) => {
      client.once("data", (chunk) => resolve(String(chunk))).once("close", () => resolve(""));
    });
  }
});

test("cut: open connections stall and go on when it ends, new ones never reach the target", async (t) => {
  let accepted = 0;
  const { port } = await echo(t, (s) => {
    accepted++;
    s.pipe(s);
  });
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port);
  assert.equal(await ask(client, "before"), "before");

  relay.fault({ ...noFault, isCut: true });
  let isSilent = true;
  client.once("data", () => {
    isSilent = false;
  });
  client.write("during");
  const late = dial(t, relay.port);
  await once(late, "connect");
  late.write("given up");
  const lateFailure = failure(late);
  // A round trip elsewhere stands for 'long enough'.
  const other = await relayTo(t, port);
  for (let i = 0; i < 20; i++) assert.equal(await ask(dial(t, other.port), "x"), "x");
  assert.ok(isSilent);
  assert.equal(accepted, 21);

  const resumed = once(client, "data") as Promise<[Buffer]>;
  relay.fault(noFault);
  assert.equal((await resumed)[0].toString(), "during");
  assert.equal(await lateFailure, "ECONNRESET");
  assert.equal(accepted, 21);
});

test("slow: each chunk waits, and arrives whole and in order", async (t) => {
  const { port } = await echo(t);
  const relay = await relayTo(t, port);
  relay.fault({ ...noFault, delayMs: 40 });
  const client = dial(t, relay.port);
  const startedAt = performance.now();
  assert.equal(await ask(client, "slowly"), "slowly");
  // Two directions of 40 ms, less the timers' rounding.
  assert.ok(performance.now() - startedAt > 70);
});

test("errors: the share of requests that the dice say is reset, also on a kept connection", async (t) => {
  const throws = [0.9, 0.1];
  const { port } = await echo(t);
  const relay = await relayTo(t, port, () => throws.shift() ?? 1);
  relay.fault({ ...noFault, resetShare: 0.5 });
  const client = dial(t, relay.port);
  assert.equal(await ask(client, "well"), "well");
  const failed = failure(client);
  client.write("badly");
  assert.equal(await failed, "ECONNRESET");
});

test("ports: each once, the last ones again, a taken one replaced", async (t) => {
  const first = openPortBook({}, process.pid * 41);
  const a = await first.take("a");
  const b = await first.take("b");
  assert.notEqual(a, b);
  const holder = createServer().listen(b, "127.0.0.1");
  await once(holder, "listening");
  t.after(() => holder.close());
  const second = openPortBook(first.taken(), process.pid * 41);
  assert.equal(await second.take("a"), a);
  assert.notEqual(await second.take("b"), b);
});
