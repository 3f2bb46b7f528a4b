import type { Relay, Supervised } from "@trimaran/all";

/** One service of a site as `status` shows it. */
export interface SiteService {
  readonly name: string;
  readonly process: Supervised;
  readonly isUp: () => boolean;
  readonly endpoint: () => string;
}

/** A process that serves some services behind relays. */
export interface SiteProcess {
  readonly process: Supervised;
  readonly relays: readonly Relay[];
  readonly services: readonly SiteService[];
  /** Resolves when it serves for the first time; rejects when it says that it cannot. */
  readonly ready: Promise<void>;
}
