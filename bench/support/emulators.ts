import { startTestPostgres } from "../../packages/conformance/src/testing/postgres.ts";
import { needsAzurite, startAzurite } from "../../test/emulators/azurite.ts";
import { needsFirestoreEmulator, startFirestoreEmulator } from "../../test/emulators/firestore.ts";
import { needsMoto, startMoto } from "../../test/emulators/moto.ts";

export interface Peer {
  readonly ms: number;
  stop(): Promise<void>;
}

/** What one would start by hand instead: three emulators and three databases at once. `undefined` where one is not installed. */
export async function startPeer(): Promise<Peer | undefined> {
  if ([needsMoto, needsAzurite, needsFirestoreEmulator].some(({ skip }) => skip !== false)) return undefined;
  const startedAt = performance.now();
  const parts = await Promise.all([
    startMoto(),
    startAzurite(),
    startFirestoreEmulator(),
    startTestPostgres(),
    startTestPostgres(),
    startTestPostgres(),
  ]);
  const ms = performance.now() - startedAt;
  return { ms, stop: async () => void (await Promise.all(parts.map((part) => part.stop()))) };
}
