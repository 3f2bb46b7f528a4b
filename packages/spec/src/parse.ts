import type { App } from "@trimaran/contract";
import * as z from "zod/mini";
import { checkNames } from "./checks/names.ts";
import { checkPlaceholders } from "./checks/placeholders.ts";
import { checkChecks, checkLiteralSecrets, checkService } from "./checks/service.ts";
import { checkPrimary, checkSiteNames, checkWeights } from "./checks/sites.ts";
import { issueFindings } from "./issues.ts";
import { nameLimits, toName } from "./names.ts";
import { nearest } from "./nearest.ts";
import { placesIn } from "./position.ts";
import { type Finding, type Problem, pathText, problemCodes, quote } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { resolve } from "./resolve.ts";
import { specSchema } from "./schema/spec.ts";
import { entriesAt, find, type MapTree, mapOf, overlay, type Tree, toPlain } from "./tree.ts";

export interface ParseOptions {
  /** How messages call the file. */
  readonly file: string;
  /** The overlay to lay on the file; none, or "default", is the file alone. */
  readonly environment?: string | undefined;
  /** The file's folder, after which an app without a name is probably called. Nothing is read from it. */
  readonly directory?: string | undefined;
}

export type ParsedSpec =
  | {
      readonly ok: true;
      readonly app: App;
      /** Names of all overlays in the file. */
      readonly environments: readonly string[];
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

const checks = [
  checkNames,
  checkService,
  checkWeights,
  checkSiteNames,
  checkPlaceholders,
  checkChecks,
  checkPrimary,
  checkLiteralSecrets,
];

/**
 * Reads a spec. Never throws: any text gives an App or at least one located problem, and all problems come at once, in the
 * order of the file. Without an environment the overlays are checked too, each on the file; with one, only that one.
 */
export function parseSpec(text: string, options: ParseOptions): ParsedSpec {
  const { tree, findings } = readYaml(text);
  const collected = new Problems(text, options.file);
  collected.add(findings, mapOf({ start: 0, end: 0 }, new Map()), undefined);
  if (tree === undefined) return collected.failed();

  const environments = entriesAt(tree, ["environments"]).map(([name]) => name);
  const environment = options.environment === "default" ? undefined : options.environment;
  if (environment !== undefined && !environments.includes(environment)) {
    collected.add([unknownEnvironment(environment, environments)], tree, undefined);
    return collected.failed();
  }
  const likelyName = toName((options.directory ?? "").split(/[\\/]/).at(-1) ?? "", nameLimits.app) ?? "my-app";
  const base = check(tree, likelyName);
  if (environment === undefined) {
    collected.add(base.findings, tree, undefined);
    for (const name of environments) {
      const over = layer(tree, name);
      collected.add([...over.findings, ...check(over.tree, likelyName).findings], over.tree, name);
    }
    return base.app === undefined ? collected.failed() : collected.passed(base.app("default"), environments);
  }
  const over = layer(tree, environment);
  const whole = check(over.tree, likelyName);
  collected.add([...over.findings, ...whole.findings], over.tree, environment);
  return whole.app === undefined ? collected.failed() : collected.passed(whole.app(environment), environments);
}

/** What is wrong with one whole tree; `app` only where the schema holds. */
function check(
  tree: Tree,
  likelyName: string,
): { readonly findings: readonly Finding[]; readonly app?: (environment: string) => App } {
  const result = z.safeParse(specSchema(), toPlain(tree));
  const all = [
    ...(result.success ? [] : issueFindings(result.error.issues, tree, likelyName)),
    ...checks.flatMap((one) => one(tree)),
  ];
  // A key that was misspelled is not missing as well.
  const meant = new Set(
    all
      .filter((one) => one.code === "unknown-key")
      .map(({ path, suggestion }) => pathText([...path.slice(0, -1), suggestion ?? ""])),
  );
  const findings = all.filter(({ code, path }) => code !== "missing-key" || !meant.has(pathText(path)));
  const isSound = !findings.some(({ code }) => problemCodes[code].severity === "error");
  if (!result.success || !isSound) return { findings };
  return { findings, app: (environment) => resolve(result.data, tree, environment) };
}

/** The tree with one overlay laid on it, and without the overlays themselves. */
function layer(tree: MapTree, name: string): { readonly tree: MapTree; readonly findings: readonly Finding[] } {
  const over = find(tree, ["environments", name])!;
  const entries = new Map(tree.entries);
  const environments = entries.get("environments")!;
  entries.delete("environments");
  const base = mapOf(tree.at, entries);
  if (over.kind === "scalar" && over.value === null) return { tree: base, findings: [] };
  if (over.kind !== "map") {
    const message = `environments.${name} should be a map of keys, and is ${over.kind === "list" ? "a list" : "one value"}`;
    const hint = "Write the keys that differ: `{ service: { scale: { max: 2 } } }`";
    return { tree: base, findings: [{ code: "wrong-type", path: [], message, hint, at: over.at }] };
  }
  const findings = vain(base, over, []);
  const nested = over.entries.get("environments");
  if (nested !== undefined) {
    const message = "An environment cannot hold environments";
    findings.push({
      code: "unknown-key",
      path: [],
      message,
      hint: "Put it under the one `environments`",
      at: nested.key,
    });
  }
  const merged = overlay(base, over) as MapTree;
  const withoutNested = new Map(merged.entries);
  // The names of environments stay in sight of the schema in the base alone.
  withoutNested.delete("environments");
  return { tree: { ...merged, at: environments.key, entries: withoutNested }, findings };
}

/** A null that takes nothing away is a key that was misspelled. */
function vain(base: Tree | undefined, over: Tree, path: readonly string[]): Finding[] {
  if (over.kind !== "map") return [];
  const names = base?.kind === "map" ? [...base.entries.keys()] : [];
  return [...over.entries].flatMap(([key, { key: at, value }]): Finding[] => {
    const below = base?.kind === "map" ? base.entries.get(key)?.value : undefined;
    if (value.kind !== "scalar" || value.value !== null) return vain(below, value, [...path, key]);
    if (below !== undefined) return [];
    const suggestion = nearest(key, names);
    const where = pathText([...path, key]);
    const hint = suggestion === undefined ? "Remove the line" : `Did you mean ${suggestion}?`;
    return [
      {
        code: "unknown-key",
        path: [...path, key],
        message: `null takes ${where} away, which is not there`,
        hint,
        suggestion,
        at,
      },
    ];
  });
}

function unknownEnvironment(wanted: string, known: readonly string[]): Finding {
  const suggestion = nearest(wanted, known);
  const list =
    known.length === 0
      ? `The file has none: add \`environments: { ${/^[a-z][a-z0-9-]*$/.test(wanted) ? wanted : "staging"}: {} }\``
      : `There are ${known.join(", ")}`;
  return {
    code: "unknown-environment",
    path: ["environments"],
    message: `The environment ${quote(wanted)} is not in the file`,
    hint: suggestion === undefined ? list : `Did you mean --env ${suggestion}?`,
    suggestion,
    atKey: true,
  };
}

/** Gathers findings as problems with places; what an overlay repeats of the base is kept once. */
class Problems {
  readonly #all: Problem[] = [];
  readonly #seen = new Set<string>();
  readonly #file: string;
  readonly #place: ReturnType<typeof placesIn>;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#place = placesIn(text);
  }

  add(findings: readonly Finding[], tree: Tree, environment: string | undefined): void {
    for (const finding of findings) {
      const place = this.#place(finding, tree);
      // What is missing in the base is missing in every overlay too, whose maps have another place.
      const at = finding.code === "missing-key" ? "" : `${place.line}:${place.column}`;
      const identity = `${finding.code} ${at} ${finding.message}`;
      if (this.#seen.has(identity)) continue;
      this.#seen.add(identity);
      this.#all.push({
        code: finding.code,
        severity: problemCodes[finding.code].severity,
        message: finding.message,
        file: this.#file,
        ...place,
        path: pathText(finding.path),
        hint: finding.hint,
        ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
        ...(environment === undefined ? {} : { environment }),
      });
    }
  }

  failed(): ParsedSpec {
    return { ok: false, problems: this.#of("error"), warnings: this.#of("warning") };
  }

  passed(app: App, environments: readonly string[]): ParsedSpec {
    const problems = this.#of("error");
    if (problems.length > 0) return this.failed();
    return { ok: true, app, environments, warnings: this.#of("warning") };
  }

  #of(severity: Problem["severity"]): readonly Problem[] {
    return this.#all
      .filter((problem) => problem.severity === severity)
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }
}
