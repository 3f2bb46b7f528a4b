/**
 * Reads secrets with the environment of an instance: the SDKs' credential chains look at the process's own variables, so this is a
 * process of its own. Takes `[{ resource, driver, settings }]` as JSON on standard input, answers with one line of JSON,
 * `{ resource: value }` or an ErrorReport.
 */
import { text } from "node:stream/consumers";
import { type BoundResource, codeOf, type DriverModule, type ErrorReport } from "@trimaran/contract";

interface Asked extends Pick<BoundResource, "driver" | "settings"> {
  readonly resource: string;
}

const LIMIT_MS = 15_000;
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
let classify: DriverModule<"secrets">["classify"] | undefined;
try {
  const asked = JSON.parse(await text(process.stdin)) as readonly Asked[];
  const values: Record<string, string> = {};
  for (const { resource, driver, settings } of asked) {
    const module = (await import(driver)) as DriverModule<"secrets">;
    classify = module.classify;
    const store = await module.open(settings, resource);
    values[resource] = (await store.get("value", undefined, { signal: AbortSignal.timeout(LIMIT_MS) })).value;
    await store.close();
  }
  say({ values });
} catch (e) {
  const report: ErrorReport = {
    error: {
      code: codeOf(e, classify),
      message: "a secret that service.env names could not be read",
      hint: "give it a first value: resources.NAME.generate: 32",
    },
  };
  say(report);
}
process.exit(0);
