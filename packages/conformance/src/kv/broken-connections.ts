import assert from "node:assert/strict";
import { type Call, codeOf, type KvDriver } from "@trimaran/contract";
import { Kv } from "@trimaran/runtime";
import { KiB, pseudoRandom } from "../bytes.ts";
import { type Acts, commonFaultCases, portContext } from "../faults/cases.ts";
import { checkLinearizable, type Register, race } from "../faults/history.ts";
import { getText, type KvCase, type KvHarness, put } from "./harness.ts";

const large = pseudoRandom(300 * KiB, 5);
const port = (driver: KvDriver) => new Kv(driver, portContext);

const acts: Acts<KvDriver> = {
  seed: async (driver, call) => void (await put(driver, "large", large, call)),
  read: (driver, call) => driver.get("large", call),
  calls: {
    get: (driver, call) => driver.get("large", call),
    put: (driver, call) => put(driver, "other", "text", call),
    conditional: (driver, call) => put(driver, "other", "text", call, { only: "if_absent" }),
    remove: (driver, call) => driver.remove("other", {}, call),
    scan: (driver, call) => driver.scan({ limit: 10 }, call),
  },
  appReads: (driver, timeoutMs) => port(driver).get("large", { timeoutMs }),
  appWrites: (driver, value) => port(driver).put("small", value, { timeoutMs: 30_000 }),
  appReadsBack: async (driver) => (await port(driver).get("small", { timeoutMs: 30_000 }))?.text() ?? "",
};

function register(driver: KvDriver, call: Call): Register {
  return {
    async read() {
      const entry = await driver.get("register", call);
      assert.ok(entry, "the register is gone");
      return { value: new TextDecoder().decode(entry.value), revision: entry.revision };
    },
    write: async (value, ifRevision) => void (await put(driver, "register", value, call, { only: { ifRevision } })),
  };
}

export const linearizableCases: readonly KvCase[] = [
  {
    name: "conditional writes of many writers are linearizable",
    async run({ driver, another, call, harness }) {
      await put(driver, "register", "first", call);
      const registers = [register(driver, call), register(await another(), call)];
      checkLinearizable(await race(registers, harness.contention ?? { writers: 8, rounds: 5 }, "first"));
    },
  },
  {
    name: "conditional writes stay linearizable where answers are lost",
    async run({ driver, faulty, call, harness }) {
      const faults = faulty();
      await put(driver, "register", "first", call);
      const registers = [register(await faults.make(), call), register(await faults.make(), call)];
      for (const one of registers) await one.read();
      faults.set({ what: "lost", every: 5 });
      checkLinearizable(await race(registers, harness.contention ?? { writers: 8, rounds: 5 }, "first"));
    },
  },
];

export const connectionCases: readonly KvCase[] = [
  ...commonFaultCases<KvDriver, KvHarness>(acts),
  {
    name: "a conditional put whose answer was lost is never called a conflict with itself",
    async run({ driver, faulty, call }) {
      const faults = faulty();
      const { revision } = await put(driver, "old", "old", call);
      const through = await faults.make();
      await getText(through, "old", call);
      for (const [key, only] of [
        ["old", { ifRevision: revision }],
        ["new", "if_absent"],
      ] as const) {
        faults.set({ what: "lost", every: 1, times: 1 });
        const outcome = await put(through, key, "mine", call, { only }).then(() => "done", codeOf);
        faults.set(undefined);
        assert.ok(["done", "unavailable", "timeout"].includes(outcome), `${key}: the put ends as ${outcome}`);
        assert.equal(await getText(driver, key, call), "mine");
      }
    },
  },
];
