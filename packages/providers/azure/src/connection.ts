import type { Readable } from "node:stream";
import type { TokenCredential } from "@azure/identity";
import { type Call, importSdk, settings as s, TrimaranError, throwIfAborted } from "@trimaran/contract";

/** Settings that every Azure driver takes. */
export const connection = {
  /** `https://ACCOUNT.blob.core.windows.net`, `https://VAULT.vault.azure.net` and so on. */
  endpoint: s.address,
  /** PEM of the authority to trust instead of the system's. */
  authority: s.optional(s.text),
};

/** For a call with all its attempts, until the answer's headers are there. */
const LIMIT_MS = 30_000;

/** What is the same for every Azure client. */
export function clientOptions(of: { readonly authority: string | undefined }) {
  return of.authority === undefined ? {} : { tlsOptions: { ca: of.authority } };
}

/** Runs a call of the SDK with a signal that follows the caller's and ends after a time limit: then a TimeoutError. */
export async function limited<T>(call: Call, run: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  throwIfAborted(call.signal);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), LIMIT_MS);
  try {
    return await run(AbortSignal.any([call.signal, late.signal]));
  } catch (e) {
    if (!late.signal.aborted || call.signal.aborted) throw e;
    const error = new Error(`no answer within ${LIMIT_MS} ms`, { cause: e });
    error.name = "TimeoutError";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains */
export async function defaultCredential(): Promise<TokenCredential> {
  const sdk = await importSdk("@azure/identity", () => import("@azure/identity"));
  return new sdk.DefaultAzureCredential();
}

/** The same stream; where its connection broke, the SDK says that it was aborted, which nobody asked for: unavailable. */
export function unlessBroken(stream: Readable, signal: AbortSignal) {
  return {
    on: (event: "error", listener: (e: Error) => void) => stream.on(event, listener),
    destroy: (e?: Error) => stream.destroy(e),
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      try {
        yield* stream as AsyncIterable<Uint8Array>;
      } catch (e) {
        if (signal.aborted || (e as Error).name !== "AbortError") throw e;
        throw new TrimaranError("unavailable", "the connection broke in the middle of an answer", { cause: e });
      }
    },
  };
}
