import type { Io } from "./io.ts";

/** A command is data: help, completion and the parser read the same table. */
export interface Command {
  /** ["traffic", "set"] */
  readonly path: readonly string[];
  readonly summary: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly examples?: readonly string[];
  /** Imported when the command runs, so that the others cost nothing. */
  readonly load: () => Promise<{ readonly run: Run }>;
}

export interface Positional {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly many?: boolean;
  /** The only words that are taken. */
  readonly oneOf?: readonly string[];
}

export interface Option {
  readonly type: "boolean" | "string";
  readonly description: string;
  /** How help names the value: "NAME". */
  readonly value?: string;
  readonly short?: string;
}

/** What the command line said, checked against the command's table. */
export interface Input {
  readonly positionals: readonly string[];
  readonly text: (option: string) => string | undefined;
  readonly flag: (option: string) => boolean;
  /** A whole number. Throws invalid_argument. */
  readonly number: (option: string) => number | undefined;
}

/** Does the work and answers with the exit status. Throws TrimaranError. */
export type Run = (input: Input, io: Io) => Promise<number>;

export const globalOptions: Readonly<Record<string, Option>> = {
  file: { type: "string", short: "f", value: "PATH", description: "the spec (default: ./trimaran.yaml)" },
  env: {
    type: "string",
    short: "e",
    value: "NAME",
    description: "environment: an overlay of the spec with its own state",
  },
  json: { type: "boolean", description: "for machines: one JSON document, or one event a line" },
  verbose: { type: "boolean", description: "show causes of errors" },
  help: { type: "boolean", short: "h", description: "show this" },
  version: { type: "boolean", description: "show the version" },
};
