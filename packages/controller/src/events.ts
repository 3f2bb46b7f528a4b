import type { ControllerEvent } from "@trimaran/contract";

/** An event without its time, each member of the union for itself. */
export type Untimed = ControllerEvent extends infer E ? (E extends { at: string } ? Omit<E, "at"> : never) : never;

export interface Events {
  emit(event: Untimed): void;
  listen(listener: (event: ControllerEvent) => void): () => void;
}

/** A listener that throws does not keep the others from hearing it. */
export function createEvents(now: () => number, first: ((event: ControllerEvent) => void) | undefined): Events {
  const listeners = new Set<(event: ControllerEvent) => void>();
  if (first !== undefined) listeners.add(first);
  return {
    emit: (untimed) => {
      const { type, ...rest } = untimed;
      const event = { type, at: new Date(now()).toISOString(), ...rest } as ControllerEvent;
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch (_theirs) {
          listeners.delete(listener);
        }
      }
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
