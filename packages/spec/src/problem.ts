/**
 * The table of all mistakes that a spec can hold. Append-only: a code is never renamed or reused.
 * docs/spec.md lists it.
 */
interface CodeRow {
  readonly severity: "error" | "warning";
  readonly means: string;
}

export const problemCodes = {
  "yaml-syntax": { severity: "error", means: "the text is not YAML" },
  "yaml-tag": { severity: "error", means: "a YAML tag (`!name`) that means nothing here" },
  "yaml-anchor": { severity: "error", means: "an alias (`*name`) without its anchor, or a `<<` that merges no map" },
  "yaml-too-big": {
    severity: "error",
    means: "longer than 1 MiB, nested deeper than 32 levels, or more than 20,000 values",
  },
  "duplicate-key": { severity: "error", means: "the same key twice in one map" },
  "bad-key": { severity: "error", means: "a key that is not plain text" },
  "wrong-type": { severity: "error", means: "a map where text belongs, text where a number belongs, and so on" },
  "unknown-key": { severity: "error", means: "a key that the spec does not have at this place" },
  "missing-key": { severity: "error", means: "a key that is required" },
  "empty-value": { severity: "error", means: "a key with nothing after it" },
  "unknown-value": { severity: "error", means: "a value that is not one of the allowed ones" },
  "out-of-range": { severity: "error", means: "a number, duration or size outside its limits" },
  "bad-name": { severity: "error", means: "a name that not every cloud can bear" },
  "bad-duration": { severity: "error", means: "not a duration such as 300ms, 5s, 15m, 2h, 1d" },
  "bad-size": { severity: "error", means: "not a size such as 512Mi, 20Gi" },
  "bad-percentage": { severity: "error", means: "not a percentage such as 5%" },
  "bad-count": { severity: "error", means: "not a count such as 500, 10k, 1M" },
  "bad-cron": { severity: "error", means: "not a cron expression of five fields" },
  "bad-path": { severity: "error", means: "not a path of a URL, which starts with /" },
  "bad-format": {
    severity: "error",
    means: "not a host name, an e-mail address, an image or a URL, where one belongs",
  },
  "unknown-environment": { severity: "error", means: "the environment that was asked for is not in the file" },
  "unknown-site": { severity: "error", means: "the name of a site that is not under `sites`" },
  "duplicate-item": { severity: "error", means: "the same item twice in one list" },
  "no-active-site": { severity: "error", means: "no active site has a weight above 0" },
  "missing-weight": { severity: "error", means: "some active sites have a weight and others have none" },
  "standby-weight": { severity: "error", means: "a standby site with a weight above 0" },
  "build-and-image": { severity: "error", means: "both `build` and `image`" },
  "missing-command": { severity: "error", means: "the process runtime without a command" },
  "scale-range": { severity: "error", means: "`scale.min` above `scale.max`" },
  "check-method": { severity: "error", means: "a check with no method, or with two" },
  "reserved-variable": { severity: "error", means: "an environment variable that Trimaran sets itself" },
  "placeholder-syntax": { severity: "error", means: "a `${` that is not a placeholder" },
  "placeholder-unknown": { severity: "error", means: "a placeholder that names no resource, field or secret" },
  "placeholder-misplaced": { severity: "error", means: "a placeholder in a key that takes none" },
  "image-not-pinned": { severity: "warning", means: "an image without a digest: it can change under the same name" },
  "primary-is-standby": { severity: "warning", means: "the data lives at a site that gets no traffic" },
  "backups-at-primary": { severity: "warning", means: "backups are kept only where the data is" },
  "literal-secret": { severity: "warning", means: "a variable that looks like a secret, with its value in the file" },
} as const satisfies Record<string, CodeRow>;

export type ProblemCode = keyof typeof problemCodes;

/** One mistake, where it is, and how to mend it. Never holds the value of a variable or of a secret. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** How many columns the mistake spans on its line; at least 1. */
  readonly length: number;
  /** "service.port"; "" for the file as a whole. */
  readonly path: string;
  readonly hint: string;
  /** What was probably meant, to be written in place of what is there. */
  readonly suggestion?: string;
  /** Set when the mistake is only there with this environment's overlay. */
  readonly environment?: string;
}

/** A mistake before its place in the text is known. `path` leads into the tree. */
export interface Finding {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
  readonly suggestion?: string | undefined;
  /** Point at the key instead of at its value. */
  readonly atKey?: boolean;
  /** An exact place within the value. */
  readonly at?: Span | undefined;
}

export type Path = readonly (string | number)[];

/** Offsets into the text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `service.env["a.b"]`, `checks[0].get`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${quote(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** A text from the file, fit for a terminal: in quotes, control characters escaped, at most 60 characters. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return printable(JSON.stringify(short));
}

/** Control and direction characters replaced, so that a file cannot write to the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, "\u00b7");
}
