import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findProgram, needs, needsPath } from "../parts.ts";
import { type Emulator, freePort, startEmulator } from "./server.ts";

/** Debian's package google-cloud-cli-firestore-emulator, or `gcloud components install cloud-firestore-emulator`. */
const folders = [
  ...["gcloud"].flatMap((name) => {
    const found = findProgram(name);
    return found === undefined ? [] : [dirname(dirname(realpathSync(found)))];
  }),
  "/usr/lib/google-cloud-sdk",
];
const launchers = folders.map((folder) => join(folder, "platform/cloud-firestore-emulator/cloud_firestore_emulator"));
const launcher = launchers.find((path) => existsSync(path));

/** Google's Firestore emulator (Java). */
export const needsFirestoreEmulator = (() => {
  const java = needs("java");
  return java.skip === false ? needsPath("firestore-emulator", launcher) : java;
})();

export async function startFirestoreEmulator(): Promise<Emulator> {
  const port = await freePort();
  return startEmulator(port, [launcher ?? "", "start", "--host", "127.0.0.1", "--port", String(port)]);
}
