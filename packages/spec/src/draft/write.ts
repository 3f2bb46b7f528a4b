import { type Clue, hasControl, type ResourceClue, resourceNames } from "./clues.ts";
import type { Draft } from "./draft.ts";

export interface Findings {
  readonly name: string;
  readonly hasDockerfile: boolean;
  readonly image: Clue<string> | undefined;
  readonly command: Clue<string> | undefined;
  readonly migrate: Clue<string> | undefined;
  readonly port: Clue<number>;
  readonly health: Clue<string> | undefined;
  readonly affinity: Clue<"session"> | undefined;
  readonly resources: readonly ResourceClue[];
  readonly env: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** The draft's text, with a comment beside everything that was found or guessed. */
export function writeDraft(found: Findings): Draft {
  const { command, image, health, affinity, migrate, port } = found;
  const service = [
    image === undefined
      ? line(
          "  build: .",
          found.hasDockerfile ? "the Dockerfile here" : "needs a Dockerfile for containers and for real clouds",
        )
      : line(`  image: ${scalar(image.value)}`, image.because),
    command === undefined
      ? line(
          "  # command: ./start --port $PORT",
          "how the app is started as a process; without it, it runs as a container",
        )
      : line(`  command: ${scalar(command.value)}`, `${command.because}; every instance gets its own PORT`),
    ...(migrate === undefined
      ? []
      : [line(`  migrate: ${scalar(migrate.value)}`, `${migrate.because}; once a release, before it gets traffic`)]),
    line(`  port: ${port.value}`, port.because),
    line(
      `  health: ${scalar(health?.value ?? "/health")}`,
      health?.because ?? "has to answer 200 while the process is alive",
    ),
    ...(affinity === undefined ? [] : [line(`  affinity: ${affinity.value}`, affinity.because)]),
    "  cpu: 1",
    "  memory: 1Gi",
    "  scale: { min: 1, max: 10 }",
    ...section(
      "  env:",
      Object.entries(found.env).map(([name, value]) => `    ${name}: ${scalar(value)}`),
    ),
  ];
  const resources = found.resources.map(({ type, version, because }) =>
    line(`  ${resourceNames[type]}: { type: ${type}${version === undefined ? "" : `, version: ${version}`} }`, because),
  );
  const text = [
    "# yaml-language-server: $schema=./node_modules/trimaran/schema.json",
    "# Written by `trimaran init`. `trimaran validate` checks it; every key is in the spec reference (docs/spec.md).",
    `app: ${scalar(found.name)}`,
    "",
    "service:",
    ...service,
    "",
    ...(resources.length === 0
      ? [
          "# What the app needs, by name: postgres, bucket, kv, secret, model, cache.",
          "# resources:",
          "#   database: { type: postgres }",
        ]
      : ["resources:", ...resources]),
    "",
    "sites:",
    "  aws: { cloud: aws, region: us-east-1, weight: 50 }",
    "  azure: { cloud: azure, region: eastus2, weight: 50 }",
    line("  gcp: { cloud: gcp, region: us-central1, role: standby }", "gets traffic when no active site is healthy"),
    "",
    "recovery:",
    line("  primary: aws", "where the data lives"),
    "",
  ].join("\n");
  return { text, notes: [...notesOf(found), ...found.notes] };
}

function notesOf(found: Findings): readonly string[] {
  const { command, port, health, resources, hasDockerfile, image } = found;
  const isBucket = resources.some(({ type, env }) => type === "bucket" && env?.["AWS_ENDPOINT_URL_S3"] !== undefined);
  return [
    command === undefined
      ? "No command was found: add service.command to run the app as a process"
      : `Starts with \`${command.value}\` (${command.because})`,
    `Listens on ${port.value} (${port.because})`,
    ...(health === undefined ? ["Make sure that GET /health answers 200, or change service.health"] : []),
    ...resources.map(({ type, because }) => `Needs a ${type} (${because})`),
    ...(isBucket
      ? ["An S3 client reaches a bucket at an aws site only; @trimaran/runtime reaches one on every cloud"]
      : []),
    ...(hasDockerfile || image !== undefined
      ? []
      : ["There is no Dockerfile: the app runs as a process here, and needs one for real clouds"]),
  ];
}

function section(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [head, ...lines];
}

function line(text: string, because: string): string {
  return `${text} # ${because.replace(/[^\x20-\x7e]/g, "")}`;
}

/** Plain where YAML reads it as the same text, else in double quotes, whose escapes JSON shares. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z/][\w./$=@%+-]*(:[\w./$=@%+-]+)*( [\w./$=@%+-]+(:[\w./$=@%+-]+)*)*$/.test(text);
  const isWord = /^(true|false|null)$/i.test(text);
  return isPlain && !isWord && !hasControl(text) ? text : JSON.stringify(text);
}
