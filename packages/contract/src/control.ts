import type { Cloud } from "./app.ts";
import type { ErrorCode } from "./errors.ts";

/** `GET /status` on the control socket, and `trimaran status --json`. Fields are only ever added. */
export interface StatusReport {
  readonly app: string;
  readonly environment: string;
  /** "starting" until every site was healthy once or given up. */
  readonly state: "starting" | "running" | "stopping";
  readonly pid: number;
  readonly startedAt: string; // ISO 8601
  readonly release: { readonly digest: string } | null;
  readonly gateway: {
    readonly url: string;
    readonly pid: number;
    readonly failingOpen: boolean;
    readonly requests: number;
    readonly requestsPerSecond: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly errors: number;
    readonly retries: number;
  } | null;
  readonly sites: readonly SiteStatus[];
}

export type SiteState = "starting" | "healthy" | "degraded" | "unhealthy" | "down" | "stopping";
export interface SiteStatus {
  readonly name: string;
  readonly cloud: Cloud;
  readonly region: string;
  readonly role: "active" | "standby";
  readonly state: SiteState;
  /** Why it is not healthy, in a few words. */
  readonly because?: string;
  readonly chaos: readonly ChaosAction[];
  readonly weight: number;
  /** 0 to 1: of the app's requests in the last ten seconds. */
  readonly share: number;
  readonly instances: readonly InstanceStatus[];
  readonly services: readonly {
    readonly name: string; // "postgres", "s3", ...
    readonly state: "up" | "down";
    readonly pid: number | null;
    readonly endpoint: string;
  }[];
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

export type InstanceState = "starting" | "healthy" | "unhealthy" | "draining" | "backoff" | "stopped";
export interface InstanceStatus {
  readonly id: string;
  readonly state: InstanceState;
  readonly pid: number | null;
  readonly port: number;
  readonly revision: string;
  readonly restarts: number;
}

export const chaosActions = ["kill", "pause", "slow", "errors", "partition"] as const;
export type ChaosAction = (typeof chaosActions)[number];

/** `POST /chaos`. `heal` ends all that was done to the site. */
export interface ChaosRequest {
  readonly action: ChaosAction | "heal";
  readonly site: string;
  readonly only?: "instances" | "services";
}

/** `POST /traffic`: a whole new set of weights; a site that is not named keeps its own. */
export interface TrafficRequest {
  readonly weights: Readonly<Record<string, number>>;
}
/** `GET /traffic`, and the answer to `POST /traffic`. */
export interface TrafficReport {
  readonly sites: readonly {
    readonly name: string;
    readonly role: "active" | "standby";
    readonly weight: number;
    /** 0 to 1: what the weights promise. */
    readonly planned: number;
    /** 0 to 1: measured since the last change of weights. */
    readonly measured: number;
    readonly assigned: number;
  }[];
}

/** What `up` does, as it happens: `GET /events` on the control socket (one JSON a line), the terminal, `up --json`. */
export type ControllerEvent =
  | { readonly type: "started"; readonly at: string; readonly app: string; readonly environment: string }
  | { readonly type: "phase"; readonly at: string; readonly site?: string; readonly says: string }
  | {
      readonly type: "site";
      readonly at: string;
      readonly site: string;
      readonly state: SiteState;
      readonly because?: string;
    }
  | {
      readonly type: "instance";
      readonly at: string;
      readonly site: string;
      readonly instance: string;
      readonly state: InstanceState;
      readonly because?: string;
    }
  | { readonly type: "ready"; readonly at: string; readonly url: string; readonly tookMs: number }
  | { readonly type: "warning"; readonly at: string; readonly says: string; readonly hint?: string }
  | {
      readonly type: "failed";
      readonly at: string;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
    }
  | { readonly type: "stopped"; readonly at: string };

/** The body of every answer that is not 2xx on the control socket, and of a failed `--json` command. */
export interface ErrorReport {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
}
