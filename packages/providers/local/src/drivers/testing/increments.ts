/** Counts up an entry and an object, `rounds` times each: run beside others of its kind. Arguments: folder, rounds. */
import { openLocalKv } from "../kv.ts";
import { openLocalObjects } from "../objects.ts";

const [folder = "", rounds = "0"] = process.argv.slice(2);
const call = { signal: AbortSignal.timeout(60_000) };
const kv = await openLocalKv(folder);
const objects = await openLocalObjects(folder);

async function whileLosing(change: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await change();
      return;
    } catch (e) {
      const { code } = e as { readonly code?: unknown };
      if ((code !== "conflict" && code !== "already_exists") || call.signal.aborted) throw e;
    }
  }
}

for (let i = 0; i < Number(rounds); i++) {
  await whileLosing(async () => {
    const now = await kv.get("counter", call);
    const next = String(Number(new TextDecoder().decode(now?.value)) + 1);
    await kv.put("counter", Buffer.from(next), { only: now ? { ifRevision: now.revision } : "if_absent" }, call);
  });
  await whileLosing(async () => {
    const now = await objects.read("counter", { from: 0 }, call).catch(() => undefined);
    const next = String(Number(now ? await new Response(now.body).text() : 0) + 1);
    const only = now ? { ifRevision: now.head.revision } : ("if_absent" as const);
    await objects.write("counter", new Blob([next]).stream(), { contentType: "text/plain", metadata: {}, only }, call);
  });
}
await kv.close();
await objects.close();
process.disconnect?.();
