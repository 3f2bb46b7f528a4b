import { connect, createServer, type Server, Socket } from "node:net";
import { pause } from "../process/host.ts";
import { pipeBetween } from "./pipe.ts";

/** What a relay does to the traffic that passes it. */
export interface RelayFault {
  /**
   * A partition. Packets are dropped in a real one; here nothing is read, sent or ended while it lasts: open connections stall, and
   * go on when it ends; new ones are accepted, stay silent, and are reset when it ends.
   */
  readonly isCut: boolean;
  /** Added to each chunk in either direction, order kept. */
  readonly delayMs: number;
  /** 0 to 1: the share of requests whose connection is reset when their first bytes arrive. */
  readonly resetShare: number;
}
export const noFault: RelayFault = { isCut: false, delayMs: 0, resetShare: 0 };

export interface Relay {
  readonly port: number;
  /** Opens the door to a target on 127.0.0.1; a target that changes is used for new connections. */
  open(targetPort: number): Promise<void>;
  /** Refuses new connections at once (ECONNREFUSED); open ones run on to their own end. */
  close(): Promise<void>;
  fault(fault: RelayFault): void;
  connections(): number;
  /** Ends everything; the relay cannot be opened again. */
  destroy(): Promise<void>;
}

/** A number in [0, 1), such as Math.random. */
type Dice = () => number;

/** A TCP relay on 127.0.0.1 that can be cut, slowed and made to fail, without root. Memory is bounded by the sockets' buffers. */
export function createRelay(port: number, dice: Dice): Relay {
  let target = 0;
  let fault = noFault;
  let server: Server | undefined;
  let changing: Promise<void> = Promise.resolve();
  let isDestroyed = false;
  /** Counts what was asked for, so that a return of our own does not come after it. */
  let turn = 0;
  const links = new Set<Link>();

  function accept(client: Socket): void {
    const link = joinSockets(client, target, fault, dice, () => void stepBack());
    links.add(link);
    client.once("close", () => links.delete(link));
  }

  /** One change at a time; each sees what the one before left. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    const next = changing.then(change);
    changing = next.catch(() => {});
    return next;
  }

  function close(): Promise<void> {
    return inTurn(async () => {
      const closing = server;
      server = undefined;
      // `close` stops listening at once, and calls back only when the last connection has ended.
      closing?.close();
    });
  }

  /** The target does not listen, though nobody said that it is down: refuse as it does, and come back when it does. */
  async function stepBack(): Promise<void> {
    const mine = ++turn;
    await close();
    while (mine === turn && !isDestroyed && !(await listensOn(target))) await pause(RETRY_MS);
    if (mine === turn) await open(target);
  }

  function open(targetPort: number): Promise<void> {
    return inTurn(async () => {
      target = targetPort;
      if (server === undefined && !isDestroyed) server = await listen(port, accept);
    });
  }

  return {
    port,
    open: (targetPort) => {
      turn++;
      return open(targetPort);
    },
    close: () => {
      turn++;
      return close();
    },
    fault: (next) => {
      fault = next;
      for (const link of links) link.fault(next);
    },
    connections: () => links.size,
    destroy: async () => {
      isDestroyed = true;
      turn++;
      await close();
      for (const link of links) link.reset();
    },
  };
}

const RETRY_MS = 100;

function listensOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let isOther = false;
    socket.once("connect", () => {
      // A socket can meet itself when the kernel gives it the very port that it asks for.
      isOther = socket.localPort !== port;
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(isOther));
  });
}

/** A connection elsewhere may hold the port for a moment after the relay has closed: it is asked for again for five seconds. */
async function listen(port: number, accept: (client: Socket) => void): Promise<Server> {
  for (let tries = 0; ; tries++) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, accept);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host: "127.0.0.1", port, backlog: 1024 }, resolve);
      });
      return server;
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "EADDRINUSE" || tries === 50) throw e;
      await pause(RETRY_MS);
    }
  }
}

interface Link {
  fault(fault: RelayFault): void;
  reset(): void;
}

function joinSockets(client: Socket, targetPort: number, first: RelayFault, dice: Dice, refused: () => void): Link {
  const upstream = new Socket({ allowHalfOpen: true });
  let fault = first;
  /** Whose turn it is: bytes of the client after bytes of the service begin a new request. */
  let isRequest = false;
  const reset = () => {
    // A socket that was already told to end cannot be reset any more (libuv: EINVAL, and the handle would stay open).
    if (client.writableEnded) client.destroy();
    else if (!client.destroyed) client.resetAndDestroy();
    upstream.destroy();
  };
  const beginsWell = () => {
    if (isRequest) return true;
    isRequest = true;
    if (fault.resetShare === 0 || dice() >= fault.resetShare) return true;
    reset();
    return false;
  };
  const answers = () => {
    isRequest = false;
    return true;
  };
  const toUpstream = pipeBetween(client, upstream, { fault: () => fault, admit: beginsWell });
  const toClient = pipeBetween(upstream, client, { fault: () => fault, admit: answers });

  upstream.on("error", (e: NodeJS.ErrnoException) => {
    if (e.code === "ECONNREFUSED") refused();
    reset();
  });
  client.on("error", () => upstream.destroy());
  client.once("close", () => upstream.destroy());
  upstream.setNoDelay(true);
  upstream.once("connect", () => {
    toUpstream.start();
    toClient.start();
  });
  const isStillborn = fault.isCut;
  if (!isStillborn) upstream.connect({ host: "127.0.0.1", port: targetPort });

  return {
    fault: (next) => {
      fault = next;
      // What was accepted during a partition would never have been connected: it must not deliver late what its caller gave up.
      if (isStillborn && !fault.isCut) return reset();
      toUpstream.update();
      toClient.update();
    },
    reset,
  };
}
