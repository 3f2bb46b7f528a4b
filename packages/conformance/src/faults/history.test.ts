import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLinearizable, type History, type WriteEvent } from "./history.ts";

const write = (value: string, onto: string, at: readonly [number, number], outcome: WriteEvent["outcome"] = "done") => {
  return { writer: 0, value, onto: `r-${onto}`, began: at[0], ended: at[1], outcome };
};
const read = (value: string, at: readonly [number, number]) => {
  return { value, revision: `r-${value}`, began: at[0], ended: at[1] };
};
const sound: History = {
  first: "0",
  writes: [write("a", "0", [3, 6]), write("b", "0", [4, 7], "refused"), write("c", "a", [10, 11])],
  reads: [read("0", [1, 2]), read("a", [8, 9]), read("c", [12, 13])],
};

test("a history with an order is linearizable", () => checkLinearizable(sound));

test("a write whose answer was lost may be there, or not", () => {
  checkLinearizable({ ...sound, writes: [...sound.writes, write("d", "c", [14, 15], "lost")] });
  checkLinearizable({
    ...sound,
    writes: [...sound.writes, write("d", "c", [14, 15], "lost")],
    reads: [...sound.reads, read("d", [16, 17])],
  });
});

const wrong: readonly (readonly [string, History, RegExp])[] = [
  ["two writes onto one value", { ...sound, writes: [...sound.writes, write("d", "0", [4, 8])] }, /both replaced/],
  ["a conflict that was written", { ...sound, reads: [...sound.reads, read("b", [14, 15])] }, /refused as a conflict/],
  ["a stale read", { ...sound, reads: [...sound.reads, read("a", [14, 15])] }, /had taken its place/],
  ["a read from nowhere", { ...sound, reads: [...sound.reads, read("x", [14, 15])] }, /never written/],
  [
    "a read of the future",
    { first: "0", writes: [write("a", "0", [6, 7])], reads: [read("0", [1, 2]), read("a", [4, 5])] },
    /before it was written/,
  ],
  [
    "a read that goes back, past a write whose answer was lost",
    {
      first: "0",
      writes: [write("a", "0", [3, 20], "lost")],
      reads: [read("0", [1, 2]), read("a", [4, 5]), read("0", [6, 7])],
    },
    /came later/,
  ],
  [
    "one revision for two values",
    { ...sound, reads: [...sound.reads, { value: "c", revision: "r-0", began: 14, ended: 15 }] },
    /two values/,
  ],
];

for (const [what, history, says] of wrong) {
  test(`${what} is no linearizable history`, () => assert.throws(() => checkLinearizable(history), says));
}
