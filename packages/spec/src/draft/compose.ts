import { parse } from "yaml";
import { type Clues, envEntry, isPort, type ResourceClue, resourceNames, toCommand, withPort, word } from "./clues.ts";
import { healthPath } from "./docker.ts";

type Map = Readonly<Record<string, unknown>>;

/** The app among the services, and the databases, stores and caches beside it. https://github.com/compose-spec/compose-spec */
export function readCompose(text: string, file: string): Clues {
  const services = Object.entries(asMap(asMap(read(text))["services"])).map(([name, service]) => ({
    name,
    service: asMap(service),
  }));
  const resources = services.flatMap(({ service }) => resourceOf(String(service["image"] ?? ""), file));
  const app =
    services.find(({ service }) => service["build"] !== undefined) ??
    services.find(({ service }) => resourceOf(String(service["image"] ?? ""), file).length === 0);
  if (services.length === 0) return { notes: [`${file} has no services that could be read`] };
  return { ...(app === undefined ? {} : appClues(app.service, file, resources)), resources };
}

function read(text: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: "silent", maxAliasCount: 100 });
  } catch (_e) {
    // Whatever is wrong with it is Compose's to say; a draft does without.
    return undefined;
  }
}

function resourceOf(image: string, file: string): readonly ResourceClue[] {
  const name = image.split("@")[0]!.split("/").at(-1)!.toLowerCase();
  const because = `${file}, image ${name.replace(/[^\w.:-]/g, "")}`;
  if (/^(postgres|postgresql|postgis|pgvector|timescaledb)(:|$)/.test(name)) {
    const version = Number(/:(?:pg)?(\d{2})/.exec(name)?.[1]);
    return [{ type: "postgres", because, ...(version >= 13 && version <= 18 ? { version } : {}) }];
  }
  if (/^(minio|s3mock|localstack|azurite|fake-gcs-server)(:|$)/.test(name)) return [{ type: "bucket", because }];
  return /^(redis|valkey|redis-stack|redis-stack-server)(:|$)/.test(name) ? [{ type: "cache", because }] : [];
}

function appClues(service: Map, file: string, resources: readonly ResourceClue[]): Clues {
  const port = portOf(service);
  const command = commandOf(service["command"]);
  const image = typeof service["image"] === "string" && service["build"] === undefined ? service["image"] : undefined;
  const path = healthPath(listOf(asMap(service["healthcheck"])["test"]).join(" "));
  const { env, left } = environment(service["environment"], resources);
  return {
    ...(port === undefined ? {} : { port: { value: port, because: `${file}, ports` } }),
    ...(command === undefined
      ? {}
      : { command: { value: port === undefined ? command : withPort(command, port), because: `${file}, command` } }),
    ...(image !== undefined && /^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/.test(image)
      ? { image: { value: image, because: `${file}, image` } }
      : {}),
    ...(path === undefined ? {} : { health: { value: path, because: `${file}, healthcheck` } }),
    env,
    notes:
      left.length === 0
        ? []
        : [`${file}: not taken over, for secrets belong in a resource of type secret: ${left.join(", ")}`],
  };
}

/** The container's side of the first port: "8080:80", "127.0.0.1:8080:80/tcp", 80, { target: 80 }. */
function portOf(service: Map): number | undefined {
  const [first] = [...listOf(service["ports"]), ...listOf(service["expose"])];
  const target =
    typeof first === "object"
      ? asMap(first)["target"]
      : String(first ?? "")
          .split("/")[0]!
          .split(":")
          .at(-1);
  const port = Number(target);
  return target !== "" && isPort(port) ? port : undefined;
}

function commandOf(command: unknown): string | undefined {
  if (Array.isArray(command)) return toCommand(command.map((part) => word(String(part))).join(" "));
  return typeof command === "string" ? toCommand(command.replaceAll("$$", "$")) : undefined;
}

/** Variables with the addresses of known resources become placeholders; plain ones are copied; the rest is named. */
function environment(written: unknown, resources: readonly ResourceClue[]) {
  const pairs = Array.isArray(written)
    ? written.map((line) => /^([^=]*)=?([\s\S]*)$/.exec(String(line))!.slice(1, 3) as [string, string])
    : Object.entries(asMap(written)).map(([name, value]): [string, string] => [name, String(value ?? "")]);
  const env: Record<string, string> = {};
  const left: string[] = [];
  const has = (type: ResourceClue["type"]) => resources.some((resource) => resource.type === type);
  for (const [name, value] of pairs.slice(0, 100)) {
    const entry = envEntry(name, value);
    const isName = envEntry(name, "") !== undefined;
    if (isName && has("postgres") && /^postgres(ql)?(\+\w+)?:\/\//.test(value)) env[name] = urlOf("postgres");
    else if (isName && has("cache") && /^rediss?:\/\//.test(value)) env[name] = urlOf("cache");
    else if (entry !== undefined) env[entry[0]] = entry[1];
    else if (/^\w{1,128}$/.test(name) && name !== "PORT") left.push(name);
  }
  return { env, left };
}

function urlOf(type: "postgres" | "cache"): string {
  return `\${resources.${resourceNames[type]}.url}`;
}

function asMap(value: unknown): Map {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Map) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
