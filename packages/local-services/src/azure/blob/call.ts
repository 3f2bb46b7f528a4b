import type { Store } from "../../core/types.ts";
import type { AzureAccount } from "../account.ts";
import type { Grant, Need } from "../auth/grant.ts";
import type { NamedLocks } from "../wire/locks.ts";
import type { AzureRequest } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";

/** One authorised call. `container` and `blob` are decoded and empty where the call addresses none. */
export interface BlobCall {
  readonly request: AzureRequest;
  readonly account: AzureAccount;
  readonly store: Store;
  readonly locks: NamedLocks;
  readonly grant: Grant;
  readonly container: string;
  readonly blob: string;
  readonly newId: () => string;
  /** "https://127.0.0.1:4001/account", as clients reach it. */
  readonly accountUrl: () => string;
}

/** A row of the table of operations: how a request is known for this one, what it needs, and what does it. */
export interface BlobOperation {
  /** As the vendor's REST reference calls it. */
  readonly name: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly on: "service" | "container" | "blob";
  readonly restype?: string;
  readonly comp?: string;
  /** Told apart from its neighbours by a header. */
  readonly when?: (request: AzureRequest) => boolean;
  readonly need: Pick<Need, "permissions" | "byServiceSas">;
  readonly answer: (call: BlobCall) => Promise<AzureResponse> | AzureResponse;
}
