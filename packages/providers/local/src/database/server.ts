import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256, TrimaranError } from "@trimaran/contract";
import { type Host, pause } from "../process/host.ts";
import { readProcess } from "../process/process-table.ts";
import { type Supervised, supervise } from "../process/supervisor.ts";
import { giveTo, type PostgresBinaries } from "./binaries.ts";
import { isPostgresUp } from "./probe.ts";
import { checkStatement, clusterStatements, databaseStatements, type WantedDatabase } from "./statements.ts";
import { copyTemplate } from "./template.ts";

export interface PostgresInstalled {
  readonly binaries: PostgresBinaries;
  /** An empty cluster, see `postgresTemplate`. */
  readonly template: string;
}

export interface PostgresServerOptions {
  /** Called when the server first starts: to make the template takes a while. */
  readonly installed: () => Promise<PostgresInstalled>;
  /** The site's folder for it; the cluster is in `data` below. */
  readonly folder: string;
  readonly site: string;
  readonly port: number;
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly databases: readonly WantedDatabase[];
  readonly host: Host;
  readonly logPath: string;
  readonly recordFolder: string;
  readonly mark: string;
  readonly onUp: () => void;
  readonly onDown: (why: string) => void;
}

export interface PostgresServer {
  readonly process: Supervised;
  isUp(): boolean;
}

/**
 * A server that `process.start()` starts; before its first start the cluster and what is wanted in it are made where they are missing.
 * The data folder is handed over as a descriptor: so the server, which as root runs as `nobody`, needs no right to the folders above.
 */
export function createPostgres(options: PostgresServerOptions): PostgresServer {
  const { folder, host, port } = options;
  const data = join(folder, "data");
  let binaries: PostgresBinaries | undefined;

  async function prepare(): Promise<PostgresBinaries> {
    const installed = await options.installed();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(data)) {
      await rm(join(folder, "ensured"), { force: true });
      await copyTemplate(installed.template, data);
    }
    await writeConfiguration(options, installed.binaries, data);
    await dropStaleLock(data);
    await ensureDatabases(options, installed.binaries, data);
    return installed.binaries;
  }

  let isUp = false;
  let watch = new AbortController();
  const server = supervise({
    name: `${options.site}-postgres`,
    logPath: options.logPath,
    recordFolder: options.recordFolder,
    mark: options.mark,
    host,
    // SIGINT is PostgreSQL's fast shutdown: it ends the connections and writes a checkpoint.
    stopSignal: "SIGINT",
    graceMs: 20_000,
    launch: async () => {
      binaries ??= await prepare();
      await dropStaleLock(data);
      return {
        command: join(binaries.folder, "bin/postgres"),
        args: ["-D", DATA_DESCRIPTOR],
        env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
        cwd: "/",
        openFolder: data,
        ...binaries.as,
      };
    },
    onStarted: () => {
      watch = new AbortController();
      void untilUp(port, watch.signal).then((up) => {
        if (!up) return;
        isUp = true;
        options.onUp();
      });
    },
    onExited: ({ why }) => {
      watch.abort();
      isUp = false;
      options.onDown(why);
    },
  });
  return { process: server, isUp: () => isUp };
}

/** The child's descriptor 3, opened by us. */
const DATA_DESCRIPTOR = "/proc/self/fd/3";

/**
 * After a SIGKILL the lock file stays. PostgreSQL judges it well, except when its pid was given to another program in the meantime:
 * then it is removed. Where a `postgres` has the pid it stays, and the server refuses to start beside it.
 */
async function dropStaleLock(data: string): Promise<void> {
  const path = join(data, "postmaster.pid");
  const pid = Number((await readFile(path, "utf8").catch(() => "")).split("\n")[0]);
  if (pid > 0 && readProcess(pid)?.command !== "postgres") await rm(path, { force: true });
}

async function untilUp(port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isPostgresUp(port, 2_000)) return !signal.aborted;
    await pause(50, signal);
  }
  return false;
}

async function writeConfiguration(
  options: PostgresServerOptions,
  binaries: PostgresBinaries,
  data: string,
): Promise<void> {
  const { site, port, tls } = options;
  const configuration = [
    "# Written at each start; what is changed here is lost.",
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    "unix_socket_directories = ''",
    `cluster_name = '${site}'`,
    "wal_level = logical",
    "max_connections = 100",
    "max_wal_senders = 4",
    "shared_buffers = 32MB",
    "max_wal_size = 256MB",
    "ssl = on",
    "ssl_cert_file = 'server.crt'",
    "ssl_key_file = 'server.key'",
    "ssl_min_protocol_version = 'TLSv1.2'",
    "password_encryption = scram-sha-256",
    "log_timezone = 'UTC'",
    "timezone = 'UTC'",
    "lc_messages = 'C'",
    "log_line_prefix = '%m [%p] %q%u@%d '",
    // A statement may hold what a user wrote: only its error is logged.
    "log_min_error_statement = panic",
    "",
  ].join("\n");
  const access = "hostssl all all 127.0.0.1/32 scram-sha-256\n";
  const files = {
    "postgresql.conf": configuration,
    "pg_hba.conf": access,
    "server.crt": tls.certificate,
    "server.key": tls.key,
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(data, name);
    await writeFile(path, content, { mode: 0o600 });
    await giveTo(binaries, path);
  }
}

/** Skipped when the same databases were made before: the single-user mode takes a while. */
async function ensureDatabases(
  options: PostgresServerOptions,
  binaries: PostgresBinaries,
  data: string,
): Promise<void> {
  if (options.databases.length === 0) return;
  const marker = join(options.folder, "ensured");
  const digest = await sha256(
    canonicalJson(
      options.databases.map(({ database, roles }) => ({ database, users: Object.values(roles).map((r) => r.user) })),
    ),
  );
  const before = await readFile(marker, "utf8").catch(() => "");
  if (before === digest) return;
  const statements = options.databases.flatMap(clusterStatements);
  const answer = await singleUser(options, binaries, data, "postgres", [
    ...statements,
    ...options.databases.map(checkStatement),
  ]);
  if (answer.split('done = "t"').length - 1 !== options.databases.length) {
    throw new TrimaranError("verification_failed", `the databases of site ${options.site} could not be made`, {
      hint: `look into ${options.logPath}`,
    });
  }
  for (const wanted of options.databases)
    await singleUser(options, binaries, data, wanted.database, databaseStatements(wanted));
  await writeFile(marker, digest, { mode: 0o600 });
}

/** Runs statements, one a line, without a server and without a password. https://www.postgresql.org/docs/15/app-postgres.html */
function singleUser(
  options: PostgresServerOptions,
  binaries: PostgresBinaries,
  data: string,
  database: string,
  statements: readonly string[],
): Promise<string> {
  const folder = openSync(data, "r");
  const args = ["--single", "-D", DATA_DESCRIPTOR, database];
  const child = spawn(join(binaries.folder, "bin/postgres"), args, {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
    stdio: ["pipe", "pipe", "ignore", folder],
    ...binaries.as,
  });
  closeSync(folder);
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
    child.stdin?.on("error", () => {});
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve(said);
      reject(
        new TrimaranError("unavailable", `PostgreSQL of site ${options.site} did not start in single-user mode`, {
          hint: `look into ${options.logPath}`,
        }),
      );
    });
    child.stdin?.end(`${statements.join("\n")}\n`);
  });
}
