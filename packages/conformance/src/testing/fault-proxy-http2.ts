import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Context } from "./fault-proxy.ts";

/** gRPC: every call is a stream whose trailers hold its status. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export function forwardHttp2(context: Context) {
  const { tls, target } = context;
  let session: ClientHttp2Session | undefined;
  const upstream = () => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(target, tls === undefined ? {} : { ca: tls.authority });
      session.on("error", () => {}); // Its streams hear of it.
    }
    return session;
  };
  const server =
    tls === undefined ? createServer() : createSecureServer({ key: tls.key, cert: tls.certificate, allowHTTP1: false });
  server.on("stream", (stream, headers) => answer(context, upstream, stream, headers));
  server.on("sessionError", () => {}); // Spoiled connections end with errors on this side as well.
  return { server, end: () => session?.destroy() };
}

function answer(
  context: Context,
  upstream: () => ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void {
  const fault = context.faults.next();
  const reset = () => stream.session?.socket.destroy();
  stream.on("error", () => {}); // As above.
  if (fault?.what === "silent") {
    stream.resume();
    context.faults.hold(() => stream.session?.destroy());
    return;
  }
  if (fault?.what === "throttled" || fault?.what === "expired") {
    const { status, body } = context.answers[fault.what];
    stream.resume();
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": status, "grpc-message": body },
      { endStream: true },
    );
    return;
  }
  const up = upstream().request(headers);
  up.on("error", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.once("close", () => up.close());
  if (fault?.what === "lost") {
    up.resume();
    up.once("end", reset);
    stream.pipe(up);
    return;
  }
  let trailers: IncomingHttpHeaders = {};
  up.on("trailers", (given) => {
    trailers = given;
  });
  up.on("response", (given, flags) => {
    const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    if (stream.destroyed) return;
    stream.respond(given, isAll ? { endStream: true } : { waitForTrailers: true });
  });
  if (fault?.what === "reset" || fault?.what === "truncated") {
    let left = fault.afterBytes;
    stream.on("wantTrailers", () => stream.close(constants.NGHTTP2_NO_ERROR));
    up.on("data", (chunk: Buffer) => {
      if (left <= 0 || stream.destroyed) return;
      stream.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) setImmediate(() => (fault.what === "reset" ? reset() : stream.end()));
    });
    up.once("end", () => left > 0 && stream.end());
  } else {
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    up.pipe(stream);
  }
  if (fault?.what === "cut") {
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size >= fault.afterBytes) reset();
    });
  }
  stream.pipe(up);
}
