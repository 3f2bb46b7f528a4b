import { TrimaranError } from "@trimaran/contract";
import { type Host, pause } from "./host.ts";
import { type Launch, supervise } from "./supervisor.ts";

export interface RunOnceOptions {
  readonly host: Host;
  /** What it is called in the error and in the records: "migrate". */
  readonly name: string;
  readonly logPath: string;
  readonly recordFolder: string;
  readonly mark: string;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** Never, in effect: what runs once is not started again. */
const never = { firstMs: 2 ** 31 - 1, mostMs: 2 ** 31 - 1, forgivenAfterMs: 2 ** 31 - 1 };

/** Runs a program to its end. Throws unavailable when it does not end with 0, timeout, canceled; the hint names the log. */
export async function runOnce(what: Launch, how: RunOnceOptions): Promise<void> {
  let result = "";
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const one = supervise({
    ...how,
    launch: () => what,
    backoff: never,
    onExited: ({ why }) => {
      result ||= why;
      finish();
    },
  });
  await one.start();
  const late = new AbortController();
  await Promise.race([
    finished,
    pause(how.limitMs, late.signal),
    ...(how.signal === undefined ? [] : [aborted(how.signal)]),
  ]);
  late.abort();
  if (how.signal?.aborted) result ||= "canceled";
  result ||= "too slow";
  await one.kill();
  if (result === "exit 0") return;
  const code = result === "canceled" ? "canceled" : result === "too slow" ? "timeout" : "unavailable";
  throw new TrimaranError(code, `${how.name} did not succeed (${result})`, { hint: `look into ${how.logPath}` });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
