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
  /** Draining: finishes what it has, gets nothing new. */
  readonly draining: boolean;
}

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
