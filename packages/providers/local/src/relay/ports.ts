import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { TrimaranError } from "@trimaran/contract";

const LOWEST = 15_000;
/** The kernel's usual first ephemeral port; see ip(7), ip_local_port_range. */
const USUAL_EPHEMERAL = 32_768;

/**
 * Hands out free ports on 127.0.0.1, each only once. They lie below the range from which the kernel takes ports for outgoing
 * connections, so that a port that is closed for a while (a cloud that is down) is not taken in the meantime.
 */
export interface PortBook {
  /** The port that had this name the last time, if it is free; else another free one. unavailable when there is none. */
  take(name: string): Promise<number>;
  /** What was handed out, by name: hand it in again as `last` to keep addresses stable. */
  taken(): Readonly<Record<string, number>>;
}

/** `start` spreads those who run at the same time: any number. */
export function openPortBook(last: Readonly<Record<string, number>>, start: number): PortBook {
  const span = firstEphemeral() - LOWEST;
  const given = new Map<string, number>();
  const inUse = new Set<number>();
  const reserved = new Set(Object.values(last));
  let next = start % span;

  async function claim(port: number): Promise<boolean> {
    if (inUse.has(port)) return false;
    inUse.add(port);
    if (await isFree(port)) return true;
    inUse.delete(port);
    return false;
  }

  return {
    take: async (name) => {
      const before = last[name];
      if (before !== undefined && (await claim(before))) {
        given.set(name, before);
        return before;
      }
      for (let tries = 0; tries < span; tries++) {
        const port = LOWEST + next;
        next = (next + 1) % span;
        if (reserved.has(port) || !(await claim(port))) continue;
        given.set(name, port);
        return port;
      }
      throw new TrimaranError("unavailable", `no free port between ${LOWEST} and ${LOWEST + span}`, {
        hint: "ss -ltn",
      });
    },
    taken: () => Object.fromEntries(given),
  };
}

function firstEphemeral(): number {
  try {
    const first = Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s+/)[0]);
    return first > LOWEST + 2_000 ? first : USUAL_EPHEMERAL;
  } catch (_hidden) {
    return USUAL_EPHEMERAL;
  }
}

/** Can this port be listened on now? */
export function isFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
