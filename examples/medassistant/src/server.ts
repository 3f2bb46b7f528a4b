import { buildApp } from "./app.ts";
import { readIdentity } from "./identity.ts";
import { closeResources, openResources } from "./resources.ts";

const resources = await openResources();
const app = await buildApp(resources, readIdentity(process.env), {
  logger: { level: process.env["LOG_LEVEL"] ?? "info" },
});
await app.listen({ port: Number(process.env["PORT"] ?? 8000), host: process.env["HOST"] ?? "0.0.0.0" });

// A gateway sends nothing new before it asks an instance to stop; what is under way is finished.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await app.close();
    await closeResources(resources);
  });
}
