import * as z from "zod/mini";
import { cronMistake } from "../cron.ts";
import { type ProblemCode, quote } from "../problem.ts";
import * as units from "../units.ts";

/** What the reference and the editors' schema say of a key. Lives beside the key and nowhere else. */
export interface Doc {
  readonly description?: string;
  /** What the reference calls its type, where JSON Schema's own word says too little. */
  readonly kind?: string;
  /** Accepted and checked; no command uses it yet. */
  readonly isLater?: boolean;
  /** The default in words, where it is not one value. */
  readonly otherwise?: string;
  /** JSON Schema keywords, for what zod cannot tell. */
  readonly [keyword: string]: unknown;
}
export const docs = z.registry<Doc>();

/** Gives a key its description. */
export function key<S extends z.ZodMiniType>(description: string, schema: S, more: Doc = {}): S {
  docs.add(schema, { ...docs.get(schema), ...more, description });
  return schema;
}
export const later = { isLater: true } as const;

/** A map with exactly these keys; the message of an unknown key lists them, for the nearest one to be found. */
export function map<const T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(",") : undefined),
  });
}

/** What is wrong with one value: "service.timeout" + says. */
export interface Mistake {
  readonly code: ProblemCode;
  readonly says: string;
  readonly hint: string;
  readonly suggestion?: string | undefined;
}

function scalar<T>(doc: Doc, read: (value: unknown) => Mistake | undefined) {
  const schema = z.custom<T>().check(
    z.check<T>((payload) => {
      const mistake = read(payload.value);
      if (mistake === undefined) return;
      payload.issues.push({ code: "custom", input: payload.value, message: mistake.says, params: { mistake } });
    }),
  );
  docs.add(schema, doc);
  return schema;
}

interface Unit {
  readonly kind: string;
  readonly code: ProblemCode;
  readonly pattern: string;
  readonly examples: string;
  parse(text: string): number | undefined;
  likely(written: string): string | undefined;
}

function measured(unit: Unit, low: string, high: string) {
  return scalar<string>({ type: "string", pattern: unit.pattern, kind: unit.kind }, (value) => {
    const parsed = typeof value === "string" ? unit.parse(value) : undefined;
    if (parsed === undefined) {
      const suggestion =
        typeof value === "string" || typeof value === "number" ? unit.likely(String(value)) : undefined;
      const hint = suggestion === undefined ? `Write it like ${unit.examples}` : `Did you mean ${suggestion}?`;
      return { code: unit.code, says: `should be a ${unit.kind} such as ${unit.examples}`, hint, suggestion };
    }
    if (parsed >= unit.parse(low)! && parsed <= unit.parse(high)!) return undefined;
    return outOfRange(low, high);
  });
}

function outOfRange(low: string, high: string): Mistake {
  return {
    code: "out-of-range",
    says: `should be from ${low} to ${high}`,
    hint: `Choose a value from ${low} to ${high}`,
  };
}

export const duration = (low: string, high: string) =>
  measured(
    {
      kind: "duration",
      code: "bad-duration",
      pattern: units.durationPattern,
      examples: "300ms, 5s, 15m, 2h, 1d",
      parse: units.parseDuration,
      likely: units.likelyDuration,
    },
    low,
    high,
  );

export const size = (low: string, high: string) =>
  measured(
    {
      kind: "size",
      code: "bad-size",
      pattern: units.sizePattern,
      examples: "512Mi, 2Gi, 1Ti",
      parse: units.parseSize,
      likely: units.likelySize,
    },
    low,
    high,
  );

export const percentage = () =>
  measured(
    {
      kind: "percentage",
      code: "bad-percentage",
      pattern: units.percentagePattern,
      examples: "5%, 0.5%",
      parse: units.parsePercentage,
      likely: units.likelyPercentage,
    },
    "0%",
    "100%",
  );

/** A number, or a text such as 1M. */
export const count = () =>
  scalar<string | number>(
    {
      anyOf: [
        { type: "number", minimum: 0 },
        { type: "string", pattern: units.countPattern },
      ],
      kind: "count",
    },
    (value) =>
      (typeof value === "string" || typeof value === "number") && units.parseCount(value) !== undefined
        ? undefined
        : {
            code: "bad-count",
            says: "should be a count such as 500, 10k, 1M",
            hint: "Write a number, with k, M or G after it if you like",
          },
  );

export const cron = () =>
  scalar<string>({ type: "string", pattern: "^\\s*\\S+(\\s+\\S+){4}\\s*$", kind: "cron" }, (value) => {
    const mistake = typeof value === "string" ? cronMistake(value) : "it should be a text of 5 fields";
    return mistake === undefined
      ? undefined
      : {
          code: "bad-cron",
          says: `is not a cron expression: ${mistake}`,
          hint: 'Write it like "0 2 * * *": every day at 02:00 UTC',
        };
  });

/** A text of one form; `kind` names it, `example` shows it. */
export const formed = (kind: string, pattern: RegExp, example: string, code: ProblemCode = "bad-format") =>
  scalar<string>({ type: "string", pattern: pattern.source, kind }, (value) =>
    typeof value === "string" && value.length <= 2048 && pattern.test(value)
      ? undefined
      : {
          code,
          says: `should be ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}${typeof value === "string" ? `, and is ${quote(value)}` : ""}`,
          hint: `Write it like ${example}`,
          suggestion:
            code === "bad-path" && typeof value === "string" && /^[\w./-]+$/.test(value) ? `/${value}` : undefined,
        },
  );

export const urlPath = () => formed("path", /^\/[^\s#]*$/, "/health", "bad-path");

/** Text, a number or a truth value, all taken as text as they are written. */
export const anyText = () =>
  scalar<string | number | boolean>({ type: ["string", "number", "boolean"], kind: "text" }, (value) =>
    typeof value === "object" || value === undefined
      ? {
          code: "wrong-type",
          says: `should be text, and is ${Array.isArray(value) ? "a list" : "a map"}`,
          hint: "Write one value; quote it if it starts with { or [",
        }
      : undefined,
  );

/** A text that is not empty. */
export const line = () =>
  scalar<string>({ type: "string", minLength: 1, kind: "text" }, (value) => {
    if (typeof value === "string" && value.trim() !== "") return undefined;
    const isEmpty = typeof value === "string";
    return {
      code: isEmpty ? "empty-value" : "wrong-type",
      says: isEmpty ? "should not be empty" : "should be text",
      hint: isEmpty ? "Write a value, or remove the key" : "Put the value in quotes",
      suggestion: typeof value === "number" || typeof value === "boolean" ? JSON.stringify(String(value)) : undefined,
    };
  });

/** A whole number within limits. */
export const whole = (low: number, high: number) => z.int().check(z.gte(low), z.lte(high));
