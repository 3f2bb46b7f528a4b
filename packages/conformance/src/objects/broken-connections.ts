import assert from "node:assert/strict";
import type { Call, ObjectDriver } from "@trimaran/contract";
import { Objects } from "@trimaran/runtime";
import { body, MiB, pseudoRandom } from "../bytes.ts";
import { refused } from "../expect.ts";
import { type Acts, commonFaultCases, portContext } from "../faults/cases.ts";
import { checkLinearizable, type Register, race } from "../faults/history.ts";
import { type ObjectCase, type ObjectsHarness, plain, readAll, readText, write } from "./harness.ts";

const large = pseudoRandom(3 * MiB, 5);
const port = (driver: ObjectDriver) => new Objects(driver, portContext);

const acts: Acts<ObjectDriver> = {
  seed: async (driver, call) => void (await write(driver, "object", large, call)),
  read: (driver, call) => readAll(driver, "object", call),
  calls: {
    read: (driver, call) => driver.read("object", { from: 0 }, call),
    write: (driver, call) => write(driver, "other", "text", call),
    conditional: (driver, call) => write(driver, "other", "text", call, "if_absent"),
    remove: (driver, call) => driver.remove("other", {}, call),
    list: (driver, call) => driver.list({ prefix: "", limit: 10 }, call),
  },
  appReads: async (driver, timeoutMs) => (await port(driver).read("object", { timeoutMs })).bytes(),
  appWrites: (driver, value) => port(driver).write("small", value, { timeoutMs: 30_000 }),
  appReadsBack: async (driver) => (await port(driver).read("small", { timeoutMs: 30_000 })).text(),
};

function register(driver: ObjectDriver, call: Call): Register {
  return {
    async read() {
      const { head, body: back } = await driver.read("register", { from: 0 }, call);
      return { value: await new Response(back).text(), revision: head.revision };
    },
    write: async (value, ifRevision) => void (await write(driver, "register", value, call, { ifRevision })),
  };
}

export const linearizableCases: readonly ObjectCase[] = [
  {
    name: "conditional writes of many writers are linearizable",
    async run({ driver, another, call, harness }) {
      await write(driver, "register", "first", call);
      const registers = [register(driver, call), register(await another(), call)];
      checkLinearizable(await race(registers, harness.contention ?? { writers: 8, rounds: 5 }, "first"));
    },
  },
  {
    name: "conditional writes stay linearizable where answers are lost",
    async run({ driver, faulty, call, harness }) {
      const faults = faulty();
      await write(driver, "register", "first", call);
      const registers = [register(await faults.make(), call), register(await faults.make(), call)];
      for (const one of registers) await one.read();
      faults.set({ what: "lost", every: 5 });
      const racing = race(registers, harness.contention ?? { writers: 8, rounds: 5 }, "first");
      checkLinearizable(await racing);
    },
  },
];

export const connectionCases: readonly ObjectCase[] = [
  ...commonFaultCases<ObjectDriver, ObjectsHarness>(acts),
  {
    name: "a conditional write whose answer was lost is never called a conflict with itself",
    async run({ driver, faulty, call }) {
      const faults = faulty();
      const { revision } = await write(driver, "object", "old", call);
      const through = await faults.make();
      await readText(through, "object", call);
      for (const [key, only] of [
        ["object", { ifRevision: revision }],
        ["new", "if_absent"],
      ] as const) {
        faults.set({ what: "lost", every: 1, times: 1 });
        const outcome = await write(through, key, "mine", call, only).then(
          () => "done",
          (e: unknown) => (e as { readonly code?: string }).code ?? String(e),
        );
        faults.set(undefined);
        assert.ok(["done", "unavailable", "timeout"].includes(outcome), `${key}: the write ends as ${outcome}`);
        assert.equal(await readText(driver, key, call), "mine");
      }
    },
  },
  ...(
    [
      ["small", 100_000],
      ["large", 12 * MiB],
    ] as const
  ).map(
    ([name, size]): ObjectCase => ({
      name: `a ${name} write whose connection is reset in its middle is unavailable, and the old object stays`,
      async run({ driver, faulty, call }) {
        const faults = faulty();
        await write(driver, "object", "old", call);
        const through = await faults.make();
        await readText(through, "object", call);
        faults.set({ what: "cut", afterBytes: 30_000 });
        await refused(through.write("object", body(pseudoRandom(size)), plain, call), "unavailable");
        faults.set(undefined);
        assert.equal(await readText(driver, "object", call), "old");
        await write(through, "object", "new", call);
        assert.equal(await readText(driver, "object", call), "new");
      },
    }),
  ),
];
