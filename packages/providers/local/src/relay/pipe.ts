import type { Socket } from "node:net";
import type { RelayFault } from "./relay.ts";

/** One direction of a connection. */
export interface Pipe {
  start(): void;
  /** The fault has changed. */
  update(): void;
}

export interface PipeHooks {
  readonly fault: () => RelayFault;
  /** Asked for each chunk; false drops it, and the asked one ends the connection. */
  readonly admit: () => boolean;
}

/**
 * Bytes from one socket to the other with back-pressure and half-close: while the receiver is full, while a chunk waits for its
 * delay, or while the link is cut, nothing more is read. So at most one chunk is held here.
 */
export function pipeBetween(from: Socket, to: Socket, { fault, admit }: PipeHooks): Pipe {
  let isStarted = false;
  let isSending = false;
  let hasEnded = false;
  /** What came while the link was cut, or waits for its delay. */
  let held: Buffer | undefined;
  let timer: NodeJS.Timeout | undefined;

  function proceed(): void {
    if (!isStarted || fault().isCut) from.pause();
    else if (held !== undefined) letGo();
    else if (isSending) from.pause();
    else if (!hasEnded) from.resume();
    else if (!to.destroyed && !to.writableEnded) to.end();
  }

  function letGo(): void {
    clearTimeout(timer);
    if (held === undefined || fault().isCut) return;
    const chunk = held;
    held = undefined;
    send(chunk);
  }

  function send(chunk: Buffer): void {
    if (to.destroyed) return;
    isSending = !to.write(chunk);
    if (isSending) {
      from.pause();
      to.once("drain", () => {
        isSending = false;
        proceed();
      });
    } else proceed();
  }

  from.pause();
  from.on("data", (chunk: Buffer) => {
    if (!admit()) return;
    const { isCut, delayMs } = fault();
    if (!isCut && delayMs === 0) return send(chunk);
    from.pause();
    held = chunk;
    if (!isCut) timer = setTimeout(letGo, delayMs);
  });
  from.once("end", () => {
    hasEnded = true;
    proceed();
  });
  from.once("close", () => clearTimeout(timer));

  return {
    start: () => {
      isStarted = true;
      proceed();
    },
    update: proceed,
  };
}
