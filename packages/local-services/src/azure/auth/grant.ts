import type { AzureFailure } from "../wire/failure.ts";

/** What a call needs of a shared access signature; a shared key and a token may do everything. */
export interface Need {
  /** What the call works on; an account SAS names these by their first letter. */
  readonly on: "service" | "container" | "object";
  /** Any one of these permissions is enough. */
  readonly permissions: string;
  /** True: all of them are needed. */
  readonly all?: boolean;
  /** False: no SAS of one container, blob or table opens this call. */
  readonly byServiceSas: boolean;
}

/** What the credentials of a request open. */
export interface Grant {
  readonly by: "key" | "token" | "sas";
  /** Permissions of the SAS; undefined where everything is permitted. */
  readonly permissions?: string;
  /** Response headers that the SAS sets. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Where a token was given. */
  readonly objectId?: string;
  readonly tenant?: string;
  /** The error that this need meets, if any. */
  refuses(need: Need): AzureFailure | undefined;
}
