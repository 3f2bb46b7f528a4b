import { readSources, type Source } from "./sources.ts";

interface Rule {
  readonly says: string;
  readonly pattern: RegExp;
  readonly appliesTo: (source: Source) => boolean;
}

/** Entries and floors that may touch the process, the clock, randomness and the console. */
const edges = [
  /^packages\/cli\//,
  /^packages\/controller\//,
  /^packages\/all\//,
  /^packages\/(gateway|local-services)\/src\/(main|standalone)[^/]*\.ts$/,
  /^packages\/runtime\/src\/(binding|open)\.ts$/,
  /^packages\/spec\/src\/draft\//, // names the variables of the apps that it looks at
  /^examples\//,
  /^scripts\//,
];
const isShipped = (s: Source) => s.path.startsWith("packages/") && !s.isTest;
const isInner = (s: Source) => isShipped(s) && !edges.some((edge) => edge.test(s.path));

const rules: readonly Rule[] = [
  { says: "a caught error is named: catch (e)", pattern: /\bcatch\s*\{/, appliesTo: () => true },
  {
    says: "ask the provider instead of switching on the cloud",
    pattern: /switch \((\w+\.)*cloud\)/,
    appliesTo: (s) => isShipped(s) && !s.path.startsWith("packages/all/"),
  },
  {
    says: "the process is handed in",
    pattern: /\bprocess\.(env|argv|exit|stdout|stderr|cwd)\b/,
    appliesTo: isInner,
  },
  { says: "no console below the edges", pattern: /\bconsole\.\w+\(/, appliesTo: isInner },
  {
    says: "finish it or leave it out",
    pattern: /\b(TODO|FIXME|XXX)\b/,
    appliesTo: (s) => !s.path.startsWith("scripts/checks/"),
  },
  {
    says: "no test is skipped without a reason",
    pattern: /\b(describe|it|test)\.(skip|only|todo)\(/,
    appliesTo: (s) => s.isTest && !s.path.startsWith("scripts/checks/"),
  },
];

/** What no linter knows about this house, line by line. */
export function houseRules(): readonly string[] {
  return readSources().flatMap((source) =>
    rules
      .filter((rule) => rule.appliesTo(source))
      .flatMap((rule) =>
        source.lines.flatMap((line, i) =>
          rule.pattern.test(line) && !/^\s*(\/\/|\*)/.test(line) ? [`${source.path}:${i + 1}: ${rule.says}`] : [],
        ),
      ),
  );
}
