/**
 * Reads secrets with the environment of an instance: the SDKs' credential chains look at the process's own variables, so this is a
 * process of its own. Takes `[{ resource, cloud, settings }]` as JSON on standard input, answers with one line of JSON,
 * `{ values: { resource: value } }` or an ErrorReport.
 */
import { text } from "node:stream/consumers";
import { providers } from "@trimaran/all/providers";
import { type Classify, type Cloud, codeOf, type ErrorReport, isTrimaranError, type Json } from "@trimaran/contract";

interface Asked {
  readonly resource: string;
  /** Of its home. */
  readonly cloud: Cloud;
  readonly settings: Json;
}

const LIMIT_MS = 15_000;
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
let classify: Classify | undefined;
try {
  const asked = JSON.parse(await text(process.stdin)) as readonly Asked[];
  const values: Record<string, string> = {};
  for (const { resource, cloud, settings } of asked) {
    const module = await providers[cloud].kinds.secrets.load();
    classify = module.classify;
    const store = await module.open(settings, resource);
    values[resource] = (await store.get("value", undefined, { signal: AbortSignal.timeout(LIMIT_MS) })).value;
    await store.close();
  }
  say({ values });
} catch (e) {
  const hint = isTrimaranError(e) ? e.hint : "give it a first value: resources.NAME.generate: 32";
  const message = "a secret that service.env names could not be read";
  const report: ErrorReport = {
    error: { code: codeOf(e, classify), message, ...(hint === undefined ? {} : { hint }) },
  };
  say(report);
}
process.exit(0);
