import type { Store } from "../../core/types.ts";
import type { Need } from "../auth/grant.ts";
import type { AzureRequest } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";

/** What a path of the Table service addresses. */
export type TablePlace =
  | { readonly on: "tables" }
  | { readonly on: "table"; readonly table: string }
  | { readonly on: "entities"; readonly table: string }
  | { readonly on: "entity"; readonly table: string; readonly partitionKey: string; readonly rowKey: string }
  | { readonly on: "batch" }
  | { readonly on: "service" };

export interface TableCall {
  readonly request: AzureRequest;
  readonly store: Store;
  readonly place: TablePlace;
  readonly newId: () => string;
  /** "https://127.0.0.1:4002/account", as clients reach it. */
  readonly accountUrl: string;
  /** Throws where the credentials do not open this call. */
  readonly permit: (need: Need, table: string) => void;
}

/** A row of the table of operations. */
export interface TableOperation {
  readonly name: string;
  readonly methods: readonly string[];
  readonly on: TablePlace["on"];
  /** True for calls with If-Match, false for those without, undefined where it makes no difference. */
  readonly withIfMatch?: boolean;
  readonly need: Need;
  readonly answer: (call: TableCall) => Promise<AzureResponse> | AzureResponse;
}
