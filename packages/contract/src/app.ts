import type { Json } from "./json.ts";
import type { CostAssumptions } from "./price.ts";

/** The spec, resolved: defaults filled, placeholders known, environment applied. Plain data. */
export interface App {
  readonly name: string;
  /** "default" when no environment was asked for. */
  readonly environment: string;
  readonly service: Service;
  readonly resources: readonly Resource[];
  readonly sites: readonly Site[];
  readonly traffic: Traffic;
  readonly recovery: Recovery;
  readonly checks: readonly Check[];
  readonly alerts: Alerts;
  /** Dollars a month. */
  readonly budget: { readonly monthly?: number };
  /** `assume` overrides what the estimate assumes beyond the traffic. */
  readonly cost: { readonly traffic: TrafficProfile; readonly assume?: Partial<CostAssumptions> };
  readonly load: { readonly users: number; readonly mix: readonly { readonly get: string; readonly weight: number }[] };
}

export type Cloud = "aws" | "azure" | "gcp";
export const clouds = ["aws", "azure", "gcp"] as const satisfies readonly Cloud[];

export interface Service {
  /** Folder with the Dockerfile, relative to the spec. */
  readonly build?: string;
  readonly image?: string;
  readonly command?: string;
  readonly port: number;
  readonly health: string;
  /** vCPUs. */
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly scale: { readonly min: number; readonly max: number; readonly concurrency: number };
  readonly runtime: "process" | "container";
  readonly affinity: "none" | "session";
  readonly timeoutMs: number;
  readonly migrate?: string;
  readonly env: Readonly<Record<string, Template>>;
}

/** A text with its placeholders taken apart: `["postgres://", {resource, field}]`. */
export type Template = readonly (string | Placeholder)[];
export type Placeholder =
  | { readonly from: "resource"; readonly resource: string; readonly field: string }
  | { readonly from: "site"; readonly field: SiteField };
/** `${secrets.NAME}` is read as the resource NAME's field "value". */
export const siteFields = ["name", "cloud", "region", "role"] as const;
export type SiteField = (typeof siteFields)[number];

export type ResourceType = "postgres" | "bucket" | "kv" | "secret" | "model" | "cache";
export interface Resource {
  readonly name: string;
  readonly type: ResourceType;
  readonly needs: readonly string[];
  /** The site where its data lives, or "site": at each. */
  readonly home: { readonly site: string } | "each-site";
  /** What is left of the resource's own keys, checked: version, size, storageBytes, generate, task, ... */
  readonly settings: Readonly<Record<string, Json>>;
}

/** Fields that `${resources.NAME.FIELD}` offers, by type. */
export const resourceFields = {
  postgres: ["url", "host", "port", "user", "password", "database"],
  bucket: ["name", "endpoint", "region"],
  kv: ["name", "endpoint", "region"],
  secret: ["value", "name"],
  model: ["name", "endpoint"],
  cache: ["url", "host", "port", "password"],
} as const satisfies Record<ResourceType, readonly string[]>;

export interface Site {
  readonly name: string;
  readonly cloud: Cloud;
  readonly region: string;
  readonly role: "active" | "standby";
  /** A share of the app's traffic relative to the other active sites; 0 for a standby. */
  readonly weight: number;
  readonly account: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, Json>>;
}

export interface Traffic {
  readonly domain?: string;
  readonly failover: {
    /** Failures in a row until a site or an instance gets no traffic. */
    readonly failures: number;
    readonly intervalMs: number;
    /** A health answer slower than this counts as a failure. */
    readonly latencyMs: number;
    /** 0 to 1: above this share of 5xx answers an instance counts as failing. */
    readonly errors: number;
  };
}

export interface Recovery {
  readonly primary: string;
  readonly rtoMs: number;
  readonly rpoMs: number;
  readonly backups: {
    readonly database: string;
    readonly objects: string;
    readonly config: string;
    readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
    readonly at: readonly string[];
  };
}

export interface Check {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly status: number;
  readonly body?: string;
  readonly withinMs?: number;
}

export interface Alerts {
  readonly latencyP95Ms?: number;
  /** 0 to 1. */
  readonly errors?: number;
  readonly email?: string;
  readonly webhook?: Template;
}

export interface TrafficProfile {
  readonly requestsPerSecond: number;
  readonly averageKiB: number;
  readonly storedGiB: number;
  readonly tokensPerMonth: number;
}
