import type * as z from "zod/mini";
import { nearest } from "./nearest.ts";
import { type Finding, type Path, pathText, quote } from "./problem.ts";
import { topOf } from "./schema/places.ts";
import type { Mistake } from "./schema/words.ts";
import { find, type Tree, valueAt } from "./tree.ts";

type Issue = z.core.$ZodIssue;

/** What the schema found, in words, with what was meant. `likelyName` is what an app without a name is probably called. */
export function issueFindings(issues: readonly Issue[], tree: Tree, likelyName: string): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    const here = find(tree, path);
    if (here?.kind === "scalar" && here.value === null) return [emptyValue(path)];
    if (path.join() === "app" && here === undefined)
      return [{ ...missingKey(path), hint: `Add \`app: ${likelyName}\`` }];
    return findingsOf(issue, path, here, tree);
  });
}

function findingsOf(issue: Issue, path: Path, here: Tree | undefined, tree: Tree): readonly Finding[] {
  switch (issue.code) {
    case "custom": {
      const mistake = issue.params?.["mistake"] as Mistake;
      return [here === undefined ? missingKey(path) : mistakeFinding(path, mistake)];
    }
    case "unrecognized_keys":
      return issue.keys.map((name) => unknownKey([...path, name], issue.message.split(",")));
    case "invalid_value":
      return here === undefined ? [missingKey(path)] : [unknownValue(path, tree, issue.values.map(String))];
    case "invalid_union": {
      const options = ("options" in issue ? (issue.options ?? []) : []).map(String);
      return here === undefined ? [missingKey(path, options)] : [unknownValue(path, tree, options)];
    }
    case "too_small":
    case "too_big":
    case "not_multiple_of":
      return [
        {
          code: "out-of-range",
          path,
          message: `${pathText(path)} should be ${limitOf(issue)}`,
          hint: "Choose a number within the limits",
        },
      ];
    case "invalid_type":
      return [here === undefined ? missingKey(path) : wrongType(path, issue.expected, here)];
    default:
      return [wrongType(path, "value of another form", here)];
  }
}

function limitOf(issue: Issue): string {
  if (issue.code === "too_small") return `at least ${issue.minimum}`;
  if (issue.code === "too_big") return `at most ${issue.maximum}`;
  return issue.code === "not_multiple_of" ? `a multiple of ${issue.divisor}` : "within its limits";
}

export function mistakeFinding(path: Path, mistake: Mistake, atKey = false): Finding {
  const { code, says, hint, suggestion } = mistake;
  return { code, path, message: `${pathText(path)} ${says}`, hint, suggestion, atKey };
}

function emptyValue(path: Path): Finding {
  return {
    code: "empty-value",
    path,
    message: `${pathText(path)} has no value`,
    hint: 'Write a value, or remove the line; an empty text is ""',
    atKey: true,
  };
}

function missingKey(path: Path, options: readonly string[] = []): Finding {
  const name = String(path.at(-1));
  const where = pathText(path.slice(0, -1));
  const example = examples[name] ?? (options.length > 0 ? `${name}: ${options[0]}` : `${name}: ...`);
  return {
    code: "missing-key",
    path,
    message: `${where === "" ? "The file" : where} needs the key ${quote(name)}${options.length > 0 ? ` (${options.join(", ")})` : ""}`,
    hint: `Add \`${example}\``,
    atKey: true,
  };
}

const examples: Readonly<Record<string, string>> = {
  service: "service: { port: 8000 }",
  port: "port: 8000",
  sites: "sites: { aws: { cloud: aws, region: us-east-1 } }",
  cloud: "cloud: aws",
  region: "region: us-east-1",
};

function unknownKey(path: Path, known: readonly string[]): Finding {
  const name = String(path.at(-1));
  const where = pathText(path.slice(0, -1));
  const suggestion = nearest(name, known);
  const elsewhere = suggestion === undefined ? topOf(name).filter((place) => place !== where) : [];
  const list = `It knows ${known.join(", ")}`;
  return {
    code: "unknown-key",
    path,
    message: `${quote(name)} is not a key of ${where === "" ? "the spec" : where}`,
    hint:
      suggestion !== undefined
        ? `Did you mean ${suggestion}?`
        : elsewhere.length > 0
          ? `It belongs under ${elsewhere.join(" or ")}`
          : list,
    suggestion,
    atKey: true,
  };
}

function unknownValue(path: Path, tree: Tree, known: readonly string[]): Finding {
  const value = valueAt(tree, path);
  const suggestion = typeof value === "string" ? nearest(value, known) : undefined;
  const isOne = known.length === 1;
  const list =
    known.length === 0 ? "has nothing to choose from" : `should be ${isOne ? known[0] : `one of ${known.join(", ")}`}`;
  return {
    code: known.length === 0 || value !== undefined ? "unknown-value" : "wrong-type",
    path,
    message: `${pathText(path)} ${list}${value === undefined ? "" : `, and is ${quote(String(value))}`}`,
    hint:
      suggestion !== undefined
        ? `Did you mean ${suggestion}?`
        : known.length === 0
          ? "Remove it"
          : `Write ${known.join(" or ")}`,
    suggestion,
  };
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map of keys",
  record: "a map of names",
  array: "a list",
};

function wrongType(path: Path, expected: string, here: Tree | undefined): Finding {
  const wanted = typeWords[expected] ?? `a ${expected}`;
  const is = here === undefined ? "nothing" : here.kind !== "scalar" ? `a ${here.kind}` : scalarWord(here.value);
  const { hint, suggestion } = mend(expected, here);
  return { code: "wrong-type", path, message: `${pathText(path)} should be ${wanted}, and is ${is}`, hint, suggestion };
}

function scalarWord(value: unknown): string {
  return typeof value === "string" ? "text" : typeof value === "number" ? "a number" : "true or false";
}

function mend(expected: string, here: Tree | undefined): { readonly hint: string; readonly suggestion?: string } {
  const value = here?.kind === "scalar" ? here.value : undefined;
  if (expected === "string" && value !== undefined && here?.kind === "scalar") {
    return { hint: "Put it in quotes", suggestion: JSON.stringify(here.source.slice(0, 200)) };
  }
  if (
    (expected === "number" || expected === "int") &&
    typeof value === "string" &&
    value.trim() !== "" &&
    Number.isFinite(Number(value))
  ) {
    return { hint: "Remove the quotes", suggestion: String(Number(value)) };
  }
  if (expected === "int" && typeof value === "number")
    return { hint: "Write it without a fraction", suggestion: String(Math.round(value)) };
  if (expected === "array") return { hint: "Write a list: [a, b], or one item a line after `- `" };
  if (expected === "object" || expected === "record") {
    return { hint: "Write keys on lines of their own, indented, or { key: value, ... }" };
  }
  return { hint: `Write ${typeWords[expected] ?? "a value of the right kind"}` };
}
