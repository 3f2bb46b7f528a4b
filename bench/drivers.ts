/**
 * Every driver beside the bare SDK (the driver's own client) on the same local service, which runs in another process; and what it costs to
 * import the library and each driver.
 *   node bench/drivers.ts [--calls 500] [--large 256] [--rounds 3]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { aws } from "@trimaran/aws";
import { azure } from "@trimaran/azure";
import type { Provider } from "@trimaran/contract";
import { gcp } from "@trimaran/gcp";
import { startForTest } from "@trimaran/local-services/testing";
import { buildSync } from "esbuild";
import { markdownTable, median, timeCommand } from "./support/measure.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "500" },
    large: { type: "string", default: "256" },
    rounds: { type: "string", default: "3" },
  },
});
const root = resolve(import.meta.dirname, "..");
const providers: readonly Provider[] = [aws, azure, gcp];

interface Small {
  readonly ours: number;
  readonly bare: number;
  readonly ratio: number;
  readonly p99Ours: number;
  readonly p99Bare: number;
}
type Pair<T> = Readonly<Record<"put" | "get", T>>;
interface Measured {
  readonly objects: Pair<Small>;
  readonly kv: Pair<Small>;
  readonly large: Pair<{ readonly ours: number; readonly bare: number; readonly ratio: number }>;
}

async function measure(provider: Provider): Promise<Measured> {
  const place = (resource: string) => {
    return { app: "bench", environment: "default", resource, site: "here", region: "" };
  };
  const { objects, kv } = provider.kinds;
  const cloud = await startForTest({
    cloud: provider.id,
    ensure: [
      { kind: "bucket", name: objects.physicalName(place("documents")) },
      { kind: "table", name: kv.physicalName(place("sessions")) },
    ],
  });
  try {
    const { announcement } = cloud;
    const child = spawn(process.execPath, [join(import.meta.dirname, "drivers/measure-cloud.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...cloud.env, ...provider.localEnvironment(announcement, announcement.region) },
    });
    const { calls, large, rounds } = values;
    const given = { announcement, calls: Number(calls), largeMiB: Number(large), rounds: Number(rounds) };
    child.stdin.end(JSON.stringify(given));
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const [status] = (await once(child, "close")) as [number | null];
    if (status !== 0) throw new Error(`the measurement of ${provider.id} ended with ${status}`);
    return JSON.parse(text) as Measured;
  } finally {
    await cloud.close();
  }
}

const smallRows: string[][] = [];
const largeRows: string[][] = [];
for (const provider of providers) {
  const { objects, kv, large } = await measure(provider);
  for (const [kind, pair] of Object.entries({ objects, kv })) {
    for (const op of ["put", "get"] as const) {
      const { ours, bare, ratio, p99Ours, p99Bare } = pair[op];
      const rates = [ours.toFixed(0), bare.toFixed(0), ratio.toFixed(2)];
      const late = [p99Ours.toFixed(1), p99Bare.toFixed(1), (p99Ours / p99Bare).toFixed(2)];
      smallRows.push([`${provider.id} ${kind} ${op}`, ...rates, ...late]);
    }
  }
  for (const op of ["put", "get"] as const) {
    const { ours, bare, ratio } = large[op];
    largeRows.push([`${provider.id} ${op}`, ours.toFixed(0), bare.toFixed(0), ratio.toFixed(2)]);
  }
}
const say = (text: string) => void process.stdout.write(`${text}\n`);
say(`1 KiB, 8 calls at a time; medians of ${values.rounds} rounds, aim: ratio 0.95\n`);
say(
  markdownTable(["", "driver, calls/s", "SDK, calls/s", "ratio", "driver p99, ms", "SDK p99, ms", "ratio"], smallRows),
);
say(`One object of ${values.large} MiB, MiB/s; aim: ratio 0.95\n`);
say(markdownTable(["", "driver", "SDK", "ratio"], largeRows));

/** What an import adds to a process that does nothing, as packages are published: JavaScript. */
const importRuns = 9;
function importMs(specifiers: readonly string[]): number {
  const code = specifiers.map((one) => `await import(${JSON.stringify(one)});`).join("");
  const times = Array.from({ length: importRuns + 1 }, () =>
    timeCommand([process.execPath, "--input-type=module", "-e", code === "" ? "0" : code], root),
  );
  return median(times.slice(1));
}
const nothing = importMs([]);
const folder = mkdtempSync(join(root, "node_modules/.bench-"));
/** As it is installed: JavaScript, with our own packages in it and the SDKs beside it. */
function built(name: string, file: string): string {
  const outfile = join(folder, `${name.replaceAll("/", "-")}-${file}`.replace(/ts$/, "mjs"));
  const external = ["@aws-sdk/*", "@azure/*", "@google-cloud/*", "pg"];
  const entryPoints = [join(root, "packages", name, "src", file)];
  buildSync({ entryPoints, outfile, bundle: true, format: "esm", platform: "node", external, logLevel: "error" });
  return outfile;
}
const rows = [
  ["@trimaran/runtime, no driver", importMs([built("runtime", "index.ts")]), "15 ms"],
  ...providers.flatMap((provider) =>
    (["objects", "kv", "secrets", "postgres"] as const).map((kind) => {
      const module = built(`providers/${provider.id}`, `${kind}.ts`);
      return [`${provider.kinds[kind].module}, before it is opened`, importMs([module]), ""] as const;
    }),
  ),
  ...(
    [
      ["aws", "@aws-sdk/client-s3"],
      ["aws", "@aws-sdk/client-dynamodb"],
      ["aws", "@aws-sdk/client-secrets-manager"],
      ["azure", "@azure/storage-blob"],
      ["azure", "@azure/data-tables"],
      ["azure", "@azure/keyvault-secrets"],
      ["azure", "@azure/identity"],
      ["gcp", "@google-cloud/storage"],
      ["gcp", "@google-cloud/firestore"],
      ["gcp", "@google-cloud/secret-manager"],
    ] as const
  ).map(([cloud, sdk]) => [`${sdk}, which a driver of ${cloud} loads when it is opened`, importMs([sdk]), ""] as const),
] as const;
say("Import time beyond Node's own start, as JavaScript\n");
say(
  markdownTable(
    ["", "ms", "aim"],
    rows.map(([what, ms, aim]) => [what, Math.max(0, ms - nothing).toFixed(1), aim]),
  ),
);
rmSync(folder, { recursive: true });
