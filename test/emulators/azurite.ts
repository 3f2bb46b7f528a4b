import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needsPath } from "../parts.ts";
import { type Emulator, freePort, startEmulator } from "./server.ts";

const program = fileURLToPath(new URL("./node_modules/azurite/dist/src/azurite.js", import.meta.url));

/** Azurite (Node): blobs and tables. `npm ci` in test/emulators brings it. https://github.com/Azure/Azurite */
export const needsAzurite = needsPath("azurite", program);

/** Azurite's well-known account: https://github.com/Azure/Azurite#default-storage-account */
export const azuriteAccount = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
} as const;

/** `blob` and `table` are the endpoints with the account in their path. */
export async function startAzurite(): Promise<Emulator & { readonly blob: string; readonly table: string }> {
  const folder = await mkdtemp(join(tmpdir(), "azurite-"));
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
  const ports = ["--blobPort", String(blob), "--queuePort", String(queue), "--tablePort", String(table)];
  const quiet = ["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--disableProductStyleUrl"];
  const emulator = await startEmulator(blob, [process.execPath, program, "--location", folder, ...ports, ...quiet]);
  return {
    ...emulator,
    blob: `http://127.0.0.1:${blob}/${azuriteAccount.name}`,
    table: `http://127.0.0.1:${table}/${azuriteAccount.name}`,
    async stop() {
      await emulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
