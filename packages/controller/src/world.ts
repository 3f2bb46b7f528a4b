import type { PortBook } from "@trimaran/all";
import { type App, TrimaranError } from "@trimaran/contract";
import type { Events } from "./events.ts";
import type { Providers } from "./homes.ts";
import type { Machine } from "./host.ts";
import type { Keys, State } from "./state.ts";
import type { Trust } from "./trust.ts";

/** What a controller's parts share; made once at the start. */
export interface World {
  readonly app: App;
  readonly machine: Machine;
  readonly state: State;
  readonly keys: Keys;
  readonly trust: Trust;
  readonly ports: PortBook;
  readonly providers: Providers;
  readonly events: Events;
  readonly entry: (name: "gateway" | "local-services" | "secret-reader") => string;
  /** Aborted when the start is to be given up. */
  readonly stopping: AbortSignal;
}

/** What `supervise` wants of every process, by its name and place. */
export function supervision(world: World, site: string, name: string) {
  return {
    name,
    logPath: `${world.state.logs}/${site}/${name}.log`,
    recordFolder: world.state.processes,
    mark: `${world.keys.id}/${name}`,
    host: world.machine,
    closing: world.stopping,
  };
}

/** A node process of our own: warnings of type stripping are noise in its log. */
export function nodeArguments(entry: string): readonly string[] {
  return ["--disable-warning=ExperimentalWarning", entry];
}

/** Rejects with canceled when the start is given up. */
export async function untilStopped(stopping: AbortSignal): Promise<never> {
  await new Promise<void>((abort) => {
    if (stopping.aborted) abort();
    stopping.addEventListener("abort", () => abort(), { once: true });
  });
  throw new TrimaranError("canceled", "stopped while it was starting");
}
