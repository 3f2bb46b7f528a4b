import { type Clues, type ResourceClue, toCommand } from "./clues.ts";

const because = (what: string) => `package.json, ${what}`;

/** scripts.start and the dependencies of a package.json. */
export function readPackageJson(text: string): Clues {
  const manifest = asMap(read(text));
  const scripts = asMap(manifest["scripts"]);
  const names = Object.keys(asMap(manifest["dependencies"]));
  const has = (name: string) => names.includes(name);
  const start = typeof scripts["start"] === "string" ? scripts["start"] : undefined;
  const framework = ["next", "fastify", "express", "@nestjs/core", "koa", "hono"].find(has);
  const hasRuntime = has("@trimaran/runtime");
  return {
    ...(start === undefined ? {} : { command: { value: startCommand(start), because: because("scripts.start") } }),
    ...migrateOf(scripts, names),
    ...(framework === undefined ? {} : { port: { value: 3000, because: `${framework}'s usual port` } }),
    ...(framework === "next" ? { health: { value: "/", because: "Next.js has no health path of its own" } } : {}),
    resources: resourcesOf(names, hasRuntime),
    notes:
      start === undefined || framework === "next" ? [] : ["The app has to listen on process.env.PORT when it is set"],
  };
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (_e) {
    // npm will say what is wrong with it; a draft does without.
    return undefined;
  }
}

/** `node file` as it is, so that a signal reaches the app and not npm; all else needs npm's PATH. */
function startCommand(start: string): string {
  const command = toCommand(start);
  return command !== undefined && /^node /.test(command) ? command : "npm start";
}

function migrateOf(scripts: Readonly<Record<string, unknown>>, names: readonly string[]): Pick<Clues, "migrate"> {
  if (typeof scripts["migrate"] === "string") {
    return { migrate: { value: "npm run migrate", because: because("scripts.migrate") } };
  }
  if (!names.includes("@prisma/client") && !names.includes("prisma")) return {};
  return { migrate: { value: "npx prisma migrate deploy", because: because("prisma") } };
}

function resourcesOf(names: readonly string[], hasRuntime: boolean): readonly ResourceClue[] {
  const first = (...wanted: readonly string[]) => wanted.find((name) => names.includes(name));
  const found: ResourceClue[] = [];
  const add = (type: ResourceClue["type"], name: string | undefined, env: Readonly<Record<string, string>>) => {
    if (name !== undefined) found.push({ type, because: because(name), ...(hasRuntime ? {} : { env }) });
  };
  add(
    "postgres",
    first("pg", "postgres", "pg-promise", "@prisma/client", "knex", "drizzle-orm", "typeorm", "sequelize"),
    {
      DATABASE_URL: "${resources.database.url}",
    },
  );
  const s3 = first("@aws-sdk/client-s3", "minio");
  add("bucket", s3, { BUCKET: "${resources.files.name}", AWS_ENDPOINT_URL_S3: "${resources.files.endpoint}" });
  if (s3 === undefined)
    add("bucket", first("@azure/storage-blob", "@google-cloud/storage"), { BUCKET: "${resources.files.name}" });
  add("cache", first("ioredis", "redis"), { REDIS_URL: "${resources.cache.url}" });
  return found;
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
