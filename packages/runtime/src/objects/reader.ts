import { createHash } from "node:crypto";
import { type Bytes, TrimaranError } from "@trimaran/contract";
import { type Limit, named, type PortContext } from "../limits.ts";
import type { ObjectInfo } from "./rules.ts";

export interface Expected {
  /** Bytes that must come. */
  readonly size: number;
  /** Of a whole object; absent for a range or where it is not known. */
  readonly sha256?: string;
}

/**
 * An object that is being read: its head, and its bytes once. Bytes that stop short are `unavailable`, bytes that are not those that
 * were written `verification_failed`; both are thrown after what came, so a consumer of the stream must not trust it before its end.
 */
export class ObjectReader {
  readonly info: ObjectInfo;
  /** The bytes as a stream. Read it or cancel it: until then it holds a connection. */
  readonly body: Bytes;

  constructor(info: ObjectInfo, body: Bytes) {
    this.info = info;
    this.body = body;
  }

  async bytes(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.body) parts.push(part);
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** SyntaxError when it is no JSON. */
  async json<T = unknown>(): Promise<T> {
    return JSON.parse(await this.text()) as T;
  }
}

/** Checks size and hash as the bytes pass, and turns errors in the middle of a body into ours. Ends `bound` with the body. */
export function checkedBody(raw: Bytes, expected: Expected, bound: Limit, what: string, context: PortContext): Bytes {
  const reader = raw.getReader();
  const hash = expected.sha256 === undefined ? undefined : createHash("sha256");
  let size = 0;
  const next = async () => {
    bound.resume("chunks");
    try {
      return await bound.within(reader.read());
    } catch (e) {
      // A connection that breaks has no name of its own in any vendor's table.
      throw bound.signal.aborted
        ? bound.signal.reason
        : named(e, `${what}: the body broke off`, context, "unavailable");
    } finally {
      bound.pause();
    }
  };
  const atEnd = () => {
    if (size < expected.size) {
      throw new TrimaranError("unavailable", `${what}: ${size} of ${expected.size} bytes came`);
    }
    if (hash !== undefined && hash.digest("hex") !== expected.sha256) {
      throw new TrimaranError("verification_failed", `${what}: the bytes are not those that were written`);
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await next();
          if (done) {
            atEnd();
            bound.end();
            return controller.close();
          }
          hash?.update(value);
          size += value.length;
          if (size > expected.size) {
            throw new TrimaranError("verification_failed", `${what}: more than ${expected.size} bytes came`);
          }
          controller.enqueue(value);
        } catch (e) {
          bound.end();
          controller.error(e);
          await reader.cancel(e).catch(() => {}); // It has failed already; its connection must not stay.
        }
      },
      async cancel(reason) {
        bound.end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
