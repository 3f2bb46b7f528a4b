import { after, before, test } from "node:test";
import { kvSuite } from "@trimaran/conformance";
import { recordResults } from "@trimaran/conformance/testing/record";
import { guard } from "@trimaran/contract";
import { needsFirestoreEmulator, startFirestoreEmulator } from "../../../../test/emulators/firestore.ts";
import type { Emulator } from "../../../../test/emulators/server.ts";
import * as kv from "./kv.ts";

if (needsFirestoreEmulator.skip) test("gcp on Google's Firestore emulator", needsFirestoreEmulator);
else {
  const results = recordResults("gcp-firestore-emulator");
  const theirs = { name: "Google's emulator", whose: "vendor's" } as const;
  let emulator: Emulator;
  let count = 0;
  before(async () => {
    emulator = await startFirestoreEmulator();
  });
  after(() => emulator.stop());

  kvSuite({
    name: "gcp/firestore on Google's emulator",
    report: results(theirs),
    // Contended writes wait for seconds there.
    contention: { writers: 3, rounds: 5 },
    async reset() {
      count += 1;
    },
    async make() {
      const settings = { project: "trimaran-test", collection: `entries-${count}`, endpoint: emulator.url };
      return guard(await kv.open(settings, "sessions"), kv.classify, "sessions");
    },
  });
}
