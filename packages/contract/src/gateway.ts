/**
 * The gateway's wire types: a whole configuration is put at once (`PUT /config` on its control socket), and is the desired state;
 * applying the same one twice changes nothing. `GET /stats` gives `GatewayStats`.
 */
export interface GatewayConfig {
  readonly sites: readonly GatewaySite[];
  readonly affinity: "none" | "session";
  /** Key of the affinity cookie's HMAC, 32 bytes in hex. */
  readonly cookieKey: string;
  readonly health: {
    readonly path: string;
    readonly intervalMs: number;
    readonly failures: number;
    /** A slower answer counts as a failed check. */
    readonly latencyMs: number;
    /** 0 to 1: share of 5xx answers in the passive window above which a target is ejected. */
    readonly errors: number;
  };
  readonly limits: GatewayLimits;
}

export interface GatewayLimits {
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  /** For methods that are not idempotent, whose answer may take as long as the app needs; then 504. */
  readonly requestTimeoutMs: number;
  /** Bytes; 0 means no limit. */
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  /** A client must have sent its headers within this time, and then at least a byte in each further such time. */
  readonly slowClientTimeoutMs: number;
  /** 0 to 1: retries as a share of first attempts, with `retryFloor` a window of ten seconds. */
  readonly retryBudget: number;
  readonly retryFloor: number;
}

export interface GatewaySite {
  readonly name: string;
  readonly role: "active" | "standby";
  readonly weight: number;
  /** False: finishes what it has, gets nothing new (also not by affinity). */
  readonly enabled: boolean;
  readonly targets: readonly GatewayTarget[];
}

export interface GatewayTarget {
  readonly id: string; // "aws-1"
  readonly revision: string;
  /** "http://127.0.0.1:4010" or "https://..."; with TLS the certificate is validated, always. */
  readonly url: string;
  /** PEM of an authority to trust beside the system's. */
  readonly authority?: string;
  /** Sent as Host instead of the client's, for services that route by it; the client's is in x-forwarded-host either way. */
  readonly host?: string;
  /** Draining: finishes what it has, gets nothing new. */
  readonly draining: boolean;
}

/** How the gateway's process is started: one line of JSON on its standard input. */
export interface GatewayStart {
  /** Port 0 means a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Path of the Unix socket of its control API; made with mode 0600. */
  readonly controlSocket: string;
  readonly config: GatewayConfig;
  /** PEM; with it the gateway listens for HTTPS. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** True: it ends at once when its standard input ends, that is, when its parent is gone. */
  readonly exitWithStdin?: boolean;
  /** How long requests may take to finish after SIGTERM; 10,000 by default. */
  readonly drainMs?: number;
}

/** The one line that it prints when it serves; where it cannot, it prints an `ErrorReport` instead and ends with the code's exit status. */
export interface GatewayReady {
  readonly ready: true;
  readonly url: string;
  readonly pid: number;
  readonly port: number;
}

/** `GET /events` on the control socket: one JSON a line, from the moment of the call. */
export type GatewayEvent =
  | {
      readonly type: "target";
      readonly at: string; // ISO 8601
      readonly site: string;
      readonly target: string;
      readonly healthy: boolean;
      readonly because?: string;
    }
  | { readonly type: "site"; readonly at: string; readonly site: string; readonly healthy: boolean }
  | { readonly type: "failing-open"; readonly at: string; readonly failingOpen: boolean }
  | {
      readonly type: "config";
      readonly at: string;
      readonly sites: readonly { readonly name: string; readonly weight: number; readonly enabled: boolean }[];
    };

export interface GatewayStats {
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly at: number;
  readonly failingOpen: boolean;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly retries: number;
  readonly openConnections: number;
  readonly sites: readonly GatewaySiteStats[];
}

export interface GatewaySiteStats {
  readonly name: string;
  readonly healthy: boolean;
  /** First attempts since the start or the last change of weights. */
  readonly assigned: number;
  /** 0 to 1, over the last ten seconds. */
  readonly share: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers of 5xx and requests that got no answer, since the start. */
  readonly errors: number;
  readonly targets: readonly {
    readonly id: string;
    readonly healthy: boolean;
    readonly inFlight: number;
    /** Why it is out: "connect", "timeout", "status 503", "latency", "5xx share", "certificate". */
    readonly because?: string;
  }[];
}
