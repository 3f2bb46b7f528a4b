import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  type Cloud,
  clouds,
  type LocalCloudAnnouncement,
  type LocalCloudConfig,
  type LocalResource,
  TrimaranError,
} from "@trimaran/contract";
import { environmentOf } from "./environment.ts";
import { type Authority, issueCertificate, makeAuthority } from "./tls.ts";

export const USAGE = `trimaran-local-services --cloud aws|azure|gcp --data FOLDER [options]

  --cloud NAME         whose services to serve
  --data FOLDER        where everything is kept; made when it is missing
  --region NAME        default: us-east-1, eastus2, us-central1
  --port SERVICE=PORT  a fixed port for one service (s3=9000); free ports otherwise. Repeatable
  --bucket NAME        make this bucket when it is missing. Repeatable
  --table NAME         make this table (string key "key") when it is missing. Repeatable
  --json               print the announcement as one line of JSON instead of instructions

Without options it reads its configuration as JSON from standard input, as Trimaran starts it.
`;

const REGIONS: Readonly<Record<Cloud, string>> = { aws: "us-east-1", azure: "eastus2", gcp: "us-central1" };

export interface Standalone {
  readonly config: LocalCloudConfig;
  readonly isJson: boolean;
  readonly authorityFile: string;
  /** Holds credentials: readable by its owner only. */
  readonly environmentFile: string;
}

/** Reads the command line; makes the authority and the root key in the data folder at the first start. invalid_argument. */
export async function prepareStandalone(
  args: readonly string[],
  edge: { readonly now: () => number; readonly randomBytes: (count: number) => Buffer },
): Promise<Standalone> {
  const { values } = readArgs(args);
  const cloud = clouds.find((each) => each === values.cloud);
  if (cloud === undefined) throw wrong(`--cloud must be one of ${clouds.join(", ")}`);
  if (values.data === undefined) throw wrong("--data must name a folder");
  const dataFolder = resolve(values.data);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const authorityFile = join(dataFolder, "authority.pem");
  const authority = await keptAuthority(dataFolder, authorityFile, edge.now());
  const leaf = await issueCertificate(authority, undefined, { now: edge.now() });
  const ensure: LocalResource[] = [
    ...(values.bucket ?? []).map((name) => ({ kind: "bucket" as const, name })),
    ...(values.table ?? []).map((name) => ({ kind: "table" as const, name })),
  ];
  return {
    config: {
      cloud,
      region: values.region ?? REGIONS[cloud],
      dataFolder,
      tls: { ...leaf, authority: authority.certificate },
      rootKey: kept(join(dataFolder, "root.key"), () => edge.randomBytes(32).toString("hex")),
      ports: portsFrom(values.port ?? []),
      ensure,
    },
    isJson: values.json === true,
    authorityFile,
    environmentFile: join(dataFolder, "environment"),
  };
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        cloud: { type: "string" },
        data: { type: "string" },
        region: { type: "string" },
        port: { type: "string", multiple: true },
        bucket: { type: "string", multiple: true },
        table: { type: "string", multiple: true },
        json: { type: "boolean" },
      },
    });
  } catch (e) {
    throw wrong((e as Error).message);
  }
}

function portsFrom(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, service, port] = /^([a-zA-Z][a-zA-Z0-9]*)=(\d{1,5})$/.exec(text) ?? [];
      if (service === undefined || Number(port) > 65_535) throw wrong("--port takes SERVICE=PORT, such as s3=9000");
      return [service, Number(port)] as const;
    }),
  );
}

async function keptAuthority(folder: string, certificateFile: string, now: number): Promise<Authority> {
  const keyFile = join(folder, "authority.key");
  if (!existsSync(keyFile) || !existsSync(certificateFile)) {
    const made = await makeAuthority({ now });
    writeWhole(certificateFile, made.certificate);
    writeWhole(keyFile, made.key);
  }
  return { certificate: readFileSync(certificateFile, "utf8"), key: readFileSync(keyFile, "utf8") };
}

function kept(file: string, make: () => string): string {
  if (!existsSync(file)) writeWhole(file, make());
  return readFileSync(file, "utf8");
}

/** There or not there, never half. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Writes the environment, credentials included, to a file of its owner's, and says how to use it. */
export function instructions(standalone: Standalone, announcement: LocalCloudAnnouncement): string {
  const { authorityFile, environmentFile } = standalone;
  const variables = Object.entries(environmentOf(announcement, authorityFile));
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  writeWhole(environmentFile, variables.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join(""));
  const endpoints = Object.entries(announcement.endpoints).map(([name, url]) => `  ${name.padEnd(16)} ${url}`);
  const names = variables.map(([name]) => `  ${name}`);
  return [
    `The local ${announcement.cloud} cloud serves on this machine (process ${announcement.pid}):`,
    "",
    ...endpoints,
    "",
    "To use it from the vendor's own SDKs and tools, in another shell:",
    "",
    `  . ${quoted(environmentFile)}`,
    "",
    "which sets, credentials included:",
    "",
    ...names,
    "",
    `Its certificate authority: ${authorityFile}`,
    "Stop it with Ctrl-C; the data stays.",
    "",
  ].join("\n");
}

function wrong(message: string): TrimaranError {
  return new TrimaranError("invalid_argument", message, { hint: "trimaran-local-services --help" });
}
