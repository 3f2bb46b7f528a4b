import { nameLimits } from "../names.ts";
import { reservedVariables } from "../schema/service.ts";

/** What one file says of the app. Where two say the same thing, the earlier one in the list of readers is believed. */
export interface Clues {
  readonly command?: Clue<string>;
  readonly migrate?: Clue<string>;
  readonly port?: Clue<number>;
  readonly health?: Clue<string>;
  readonly image?: Clue<string>;
  readonly affinity?: Clue<"session">;
  readonly resources?: readonly ResourceClue[];
  readonly env?: Readonly<Record<string, string>>;
  readonly notes?: readonly string[];
}

export interface Clue<T> {
  readonly value: T;
  /** One line, for the comment beside the key. */
  readonly because: string;
}

export interface ResourceClue {
  readonly type: "postgres" | "bucket" | "cache";
  readonly version?: number;
  readonly because: string;
  /** How the app is told of it, where it does not use the runtime library. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The name that a draft gives to its one resource of a type. */
export const resourceNames = { postgres: "database", bucket: "files", cache: "cache" } as const;

/** A command in one line for service.command; what needs a shell gets one. Undefined where it cannot be written there. */
export function toCommand(text: string): string | undefined {
  const line = text
    .replace(/\\\r?\n/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const cannot = line === "" || line.length > 1000 || /\$\{(resources|site|secrets)\./.test(line) || hasControl(line);
  if (cannot) return undefined;
  return /[|&;<>`]|\$\(/.test(line.replace(/'[^']*'/g, "")) ? `sh -c ${word(line)}` : line;
}

/** One word of a command line, in quotes where it needs them. */
export function word(text: string): string {
  return /^[\w./:=@%+,$-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The app has to listen where it is told: a port that is written out becomes $PORT. */
export function withPort(command: string, port: number): string {
  return command
    .replace(/\$\{PORT:-\d+\}/g, "$PORT")
    .replace(
      new RegExp(
        `((?:--port|--server\\.port|-p)[= ]|\\b0\\.0\\.0\\.0:|\\b127\\.0\\.0\\.1:|\\[::\\]:)${port}(?!\\d)`,
        "g",
      ),
      "$1$PORT",
    );
}

/** Names and values that may stand in service.env; a value that looks like a secret may not. */
export function envEntry(name: string, value: string): readonly [string, string] | undefined {
  const isName =
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= 128 && !new RegExp(reservedVariables).test(name);
  const isPlain = value.length <= 500 && !hasControl(value) && !/\$/.test(value);
  const isSecret = /(PASS|SECRET|TOKEN|KEY|CREDENTIAL)/i.test(name) || /:\/\/[^/\s]*:[^/\s]*@/.test(value);
  return isName && isPlain && !isSecret ? [name, value] : undefined;
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

export function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff]/.test(text);
}

export const appNameLimit = nameLimits.app;
