import assert from "node:assert/strict";
import { codeOf, type Revision } from "@trimaran/contract";

/** One conditional write, by a clock of one process: `lost` when nobody knows whether it was carried out. */
export interface WriteEvent {
  readonly writer: number;
  readonly value: string;
  readonly onto: Revision;
  readonly began: number;
  readonly ended: number;
  readonly outcome: "done" | "refused" | "lost";
}
/** One read, and what it gave. */
export interface ReadEvent {
  readonly value: string;
  readonly revision: Revision;
  readonly began: number;
  readonly ended: number;
}
export interface History {
  readonly first: string;
  readonly writes: readonly WriteEvent[];
  readonly reads: readonly ReadEvent[];
}

/** A register that is read with its revision, and written under the condition that it still has it. */
export interface Register {
  read(): Promise<{ readonly value: string; readonly revision: Revision }>;
  write(value: string, ifRevision: Revision): Promise<void>;
}

/** Writers that read and write in turns, each value once in the world; a last read ends the history. */
export async function race(
  registers: readonly Register[],
  { writers, rounds }: { readonly writers: number; readonly rounds: number },
  first: string,
): Promise<History> {
  const writes: WriteEvent[] = [];
  const reads: ReadEvent[] = [];
  let clock = 0;
  const read = async (register: Register) => {
    const began = ++clock;
    const got = await register.read();
    const event = { ...got, began, ended: ++clock };
    reads.push(event);
    return event;
  };
  const turn = async (register: Register, writer: number, round: number) => {
    const { revision } = await read(register);
    const value = `${writer}.${round}`;
    const began = ++clock;
    let outcome: WriteEvent["outcome"] = "done";
    try {
      await register.write(value, revision);
    } catch (e) {
      const code = codeOf(e);
      if (code === "conflict") outcome = "refused";
      else if (code === "unavailable" || code === "timeout") outcome = "lost";
      else throw e;
    }
    writes.push({ writer, value, onto: revision, began, ended: ++clock, outcome });
  };
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const register = registers[writer % registers.length];
      assert.ok(register);
      for (let round = 0; round < rounds; round++) {
        try {
          await turn(register, writer, round);
        } catch (e) {
          // A read whose answer was lost says nothing about the register.
          if (codeOf(e) !== "unavailable" && codeOf(e) !== "timeout") throw e;
        }
      }
    }),
  );
  const last = registers[0];
  assert.ok(last);
  for (let tries = 1; ; tries++) {
    try {
      await read(last);
      return { first, writes, reads };
    } catch (e) {
      if (tries === 20) throw e;
    }
  }
}

/**
 * Proves that there is one order of all writes and reads that agrees with what every caller saw and with real time, or throws what speaks
 * against it. Every value is written once, and a conditional write names the value that it follows: so the order is a chain, and checking it
 * needs no search. (Linearizability: Herlihy and Wing, 1990.)
 */
export function checkLinearizable({ first, writes, reads }: History): void {
  const valueAt = new Map<Revision, string>();
  for (const { value, revision } of reads) {
    const known = valueAt.get(revision);
    assert.ok(known === undefined || known === value, `one revision, two values: ${known} and ${value}`);
    valueAt.set(revision, value);
  }
  const seen = new Set(reads.map((one) => one.value));
  const byValue = new Map(writes.map((one) => [one.value, one]));
  const carriedOut = writes.filter((one) => one.outcome === "done" || seen.has(one.value));
  const next = new Map<string, WriteEvent>();
  for (const one of carriedOut) {
    assert.notEqual(one.outcome, "refused", `${one.value} was refused as a conflict, and was written all the same`);
    const before = valueAt.get(one.onto) ?? "";
    const rival = next.get(before);
    assert.ok(rival === undefined, `${one.value} and ${rival?.value} both replaced ${before}: one update is lost`);
    next.set(before, one);
  }
  const order = new Map([[first, 0]]);
  for (let one = next.get(first); one !== undefined; one = next.get(one.value)) order.set(one.value, order.size);
  for (const { value } of carriedOut) assert.ok(order.has(value), `${value} follows nothing that was there`);
  checkRealTime(reads, carriedOut, byValue, order);
}

function checkRealTime(
  reads: readonly ReadEvent[],
  writes: readonly WriteEvent[],
  byValue: ReadonlyMap<string, WriteEvent>,
  order: ReadonlyMap<string, number>,
): void {
  const placeOf = (value: string) => {
    const place = order.get(value);
    assert.ok(place !== undefined, `${value} was read and never written`);
    return place;
  };
  const known = writes.filter((one) => one.outcome === "done");
  for (const read of reads) {
    const place = placeOf(read.value);
    const write = byValue.get(read.value);
    assert.ok(write === undefined || write.began < read.ended, `${read.value} was read before it was written`);
    for (const one of known) {
      const isStale = one.ended < read.began && placeOf(one.value) > place;
      assert.ok(!isStale, `${read.value} was read after ${one.value} had taken its place`);
    }
    for (const other of reads) {
      const isBack = other.ended < read.began && placeOf(other.value) > place;
      assert.ok(!isBack, `${read.value} was read after ${other.value}, which came later`);
    }
  }
  for (const one of known) {
    for (const other of known) {
      const isBefore = other.ended < one.began && placeOf(other.value) > placeOf(one.value);
      assert.ok(!isBefore, `${one.value} was written after ${other.value} and stands before it`);
    }
  }
}
