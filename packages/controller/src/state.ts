import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Machine } from "./host.ts";

/** Where everything of one environment lies: `.trimaran/<environment>` beside the spec. */
export interface State {
  readonly folder: string;
  /** Logs by site: `logs/aws/aws-1.log`; `trimaran logs` reads them. */
  readonly logs: string;
  readonly processes: string;
  readonly tls: string;
  /** Shared by the environments of one spec. */
  readonly releases: string;
  readonly site: (name: string) => string;
  readonly file: (name: string) => string;
}

/** Makes the folders, for their owner only, and keeps them out of version control. */
export function openState(folder: string): State {
  const root = dirname(folder);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, ".gitignore"), "*\n");
  const state: State = {
    folder,
    logs: join(folder, "logs"),
    processes: join(folder, "processes"),
    tls: join(folder, "tls"),
    releases: join(root, "releases"),
    site: (name) => join(folder, "sites", name),
    file: (name) => join(folder, name),
  };
  for (const path of [folder, state.logs, state.processes, state.tls])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return state;
}

export interface Keys {
  /** Marks the processes of this state folder. */
  readonly id: string;
  /** 32 bytes in hex each. */
  readonly rootKey: string;
  readonly cookieKey: string;
  /** From it the databases' passwords are derived. */
  readonly passwordKey: string;
}

/** Made once, kept in a file that only its owner can read. */
export function readKeys(state: State, machine: Machine): Keys {
  const path = state.file("keys.json");
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Keys;
  const hex = () => machine.random(32).toString("hex");
  const keys: Keys = { id: machine.random(8).toString("hex"), rootKey: hex(), cookieKey: hex(), passwordKey: hex() };
  writeJson(path, keys);
  return keys;
}

/** Whole or not at all. */
export function writeJson(path: string, value: unknown, mode = 0o600): void {
  writeFileSync(`${path}.new`, JSON.stringify(value), { mode });
  renameSync(`${path}.new`, path);
}

export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (_missingOrTorn) {
    return undefined;
  }
}
