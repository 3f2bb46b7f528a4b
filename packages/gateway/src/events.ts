import type { GatewayEvent } from "@trimaran/contract";

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;
export type NewEvent = WithoutTime<GatewayEvent>;

export interface Events {
  emit(event: NewEvent): void;
  /** Gives back how to stop listening. */
  listen(listener: (event: GatewayEvent) => void): () => void;
}

export function createEvents(wallClock: () => number): Events {
  const listeners = new Set<(event: GatewayEvent) => void>();
  return {
    emit(event) {
      const stamped: GatewayEvent = { ...event, at: new Date(wallClock()).toISOString() };
      for (const listener of listeners) listener(stamped);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
