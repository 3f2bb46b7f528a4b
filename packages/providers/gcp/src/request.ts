import type { CRC32C, Storage } from "@google-cloud/storage";
import type { Call } from "@trimaran/contract";
import { limited } from "./connection.ts";

export interface Target {
  readonly storage: Storage;
  readonly bucket: string;
  /** The object's, not its key. */
  readonly name: string;
  readonly newChecksum: () => CRC32C;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T;
}

/**
 * A request with the SDK's own sign-in and transport, for bodies. Its streams for them take no signal, leave the sign-in out of resumable
 * uploads at any address but Google's, and end all other requests of the process when a download is given up.
 */
export async function send<T>(target: Target, call: Call, request: object): Promise<Answer<T>> {
  const sent = limited(call, (signal) =>
    target.storage.authClient.request<T>({ ...request, signal, retry: false } as object),
  );
  return sent as Promise<Answer<T>>;
}
