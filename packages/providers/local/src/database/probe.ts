import { connect } from "node:net";

/** SSLRequest: length 8, code 80877103. https://www.postgresql.org/docs/15/protocol-message-formats.html */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
/** StartupMessage 3.0 of a user that is not there: a server that takes connections answers R or E 28P01; one that starts, E 57P03. */
const STARTUP = startupMessage({ user: "trimaran-probe", database: "postgres" });

/**
 * Does a PostgreSQL server on 127.0.0.1 take connections? It is asked for a sign-in without TLS, which its configuration refuses
 * with an error of its own; while it starts or recovers it says 57P03 (cannot_connect_now) instead.
 */
export function isPostgresUp(port: number, limitMs: number): Promise<boolean> {
  return ask(port, limitMs, STARTUP, (answer) => {
    const kind = String.fromCharCode(answer[0] ?? 0);
    return kind === "R" || (kind === "E" && !answer.includes("57P03") && !answer.includes("53300"));
  });
}

/** Does it offer TLS? */
export function offersTls(port: number, limitMs: number): Promise<boolean> {
  return ask(port, limitMs, SSL_REQUEST, (answer) => answer[0] === 0x53);
}

function ask(port: number, limitMs: number, question: Buffer, judge: (answer: Buffer) => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (result: boolean) => {
      clearTimeout(late);
      socket.destroy();
      resolve(result);
    };
    const late = setTimeout(end, limitMs, false);
    socket.once("connect", () => socket.write(question));
    socket.once("data", (chunk: Buffer) => end(judge(chunk)));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map(([k, v]) => `${k}\0${v}\0`);
  const body = Buffer.from(`${pairs.join("")}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}
