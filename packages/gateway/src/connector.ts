import net from "node:net";
import tls from "node:tls";
import type { buildConnector } from "undici";

/** No connection to a target, hence not a byte of the request was sent to it. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  readonly because: "connect" | "certificate";

  constructor(because: "connect" | "certificate", cause: unknown) {
    super(`no connection: ${because}`, { cause });
    this.because = because;
  }
}

export interface ConnectorOptions {
  readonly url: URL;
  /** PEM, beside the system's. */
  readonly authority: string | undefined;
  /** For TCP; the TLS handshake, some round trips more, may then take `handshakeMs`. */
  readonly connectTimeoutMs: () => number;
  readonly handshakeMs: () => number;
  /** False: every connection sees the certificate anew, as a health check must; a resumed TLS session would not look at it. */
  readonly canResume: boolean;
}

/**
 * Opens connections to one target, for undici. With TLS the certificate is always validated against the URL's host,
 * whatever Host the requests carry.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { url } = options;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "https:";
  const to = {
    host,
    port: Number(url.port) || (isTls ? 443 : 80),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
  const secure = {
    ...(isTls ? { secureContext: secureContext(options.authority) } : {}),
    ...(net.isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ["http/1.1"],
  };
  let session: Buffer | undefined;
  return (_options, callback) => {
    const socket = isTls ? tls.connect({ ...to, ...secure, ...(session ? { session } : {}) }) : net.connect(to);
    const stop = (why: string) => () => socket.destroy(new Error(why));
    let limit = setTimeout(stop("connect timed out"), options.connectTimeoutMs());
    const settle = () => {
      clearTimeout(limit);
      socket.off("error", failed).off("close", closed);
    };
    const failed = (cause: Error) => {
      settle();
      socket.on("error", () => {}); // it is given up; what else it meets concerns nobody
      callback(new ConnectError(isCertificateError(cause) ? "certificate" : "connect", cause), null);
    };
    const closed = () => failed(new Error("closed while connecting"));
    const opened = () => {
      settle();
      callback(null, socket);
    };
    socket.once("error", failed).once("close", closed);
    if (!isTls) {
      socket.once("connect", opened);
      return;
    }
    if (options.canResume) socket.on("session", (latest: Buffer) => (session = latest));
    socket.once("secureConnect", opened).once("connect", () => {
      clearTimeout(limit);
      limit = setTimeout(stop("handshake timed out"), options.handshakeMs());
    });
  };
}

const contexts = new Map<string, tls.SecureContext>();

/** Parsing all of the system's authorities takes milliseconds: once for each authority that is added to them. */
function secureContext(authority: string | undefined): tls.SecureContext {
  const key = authority ?? "";
  let context = contexts.get(key);
  if (!context) {
    context = tls.createSecureContext({ ca: [...tls.getCACertificates("default"), ...(authority ? [authority] : [])] });
    contexts.set(key, context);
  }
  return context;
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateErrors = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_REJECTED",
  "CERT_UNTRUSTED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_CHAIN_TOO_LONG",
  "CRL_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function isCertificateError(e: Error): boolean {
  return certificateErrors.has((e as NodeJS.ErrnoException).code ?? "");
}
