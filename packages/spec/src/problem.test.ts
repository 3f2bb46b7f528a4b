import assert from "node:assert/strict";
import { test } from "node:test";
import { formatProblems, type ProblemCode, parseSpec, problemCodes } from "./index.ts";
import { least } from "./testing/specs.ts";

const service = (keys: string) => least.replace("port: 8000", keys);
const sites = (keys: string) => least.replace(/ {2}aws.*\n/, keys);
const more = (text: string) => `${least}${text}\n`;

/** For every code a spec that has this one mistake, and where. */
const cases: Record<ProblemCode, readonly [text: string, place: string]> = {
  "yaml-syntax": [`${least}alerts: { webhook: \${secrets.x} }`, "5:21"],
  "yaml-tag": [least.replace("my-app", "!name my-app"), "1:6"],
  "yaml-anchor": [more("budget: *money"), "5:9"],
  "yaml-too-big": [more(`load: ${"{ a: ".repeat(40)}${"}".repeat(40)}`), "5:167"],
  "duplicate-key": [more("app: my-app"), "5:1"],
  "bad-key": [more("? [a]\n: b"), "5:3"],
  "wrong-type": [service('port: "8000"'), "2:18"],
  "unknown-key": [service("port: 8000, ram: 1Gi"), "2:24"],
  "missing-key": [service("cpu: 1"), "2:1"],
  "empty-value": [more("budget:"), "5:1"],
  "unknown-value": [service("port: 8000, affinity: sticky"), "2:34"],
  "out-of-range": [service("port: 70000"), "2:18"],
  "bad-name": [least.replace("my-app", "my--app"), "1:6"],
  "bad-duration": [service("port: 8000, timeout: soon"), "2:33"],
  "bad-size": [service("port: 8000, memory: 2GB"), "2:32"],
  "bad-percentage": [more("traffic: { failover: { errors: 0.05 } }"), "5:32"],
  "bad-count": [more("cost: { traffic: { tokensPerMonth: many } }"), "5:36"],
  "bad-cron": [more('recovery: { backups: { objects: "* * * *" } }'), "5:33"],
  "bad-path": [service("port: 8000, health: health"), "2:32"],
  "bad-format": [more("traffic: { domain: 'https://x.org' }"), "5:20"],
  "unknown-environment": [more("environments: { dev: {} }"), "5:1"],
  "unknown-site": [more("recovery: { backups: { at: [aw] } }"), "5:29"],
  "duplicate-item": [more("recovery: { backups: { at: [aws, aws] } }"), "5:34"],
  "no-active-site": [sites("  aws: { cloud: aws, region: us-east-1, role: standby }\n"), "3:1"],
  "missing-weight": [
    sites("  a: { cloud: aws, region: us-east-1, weight: 1 }\n  b: { cloud: aws, region: us-east-1 }\n"),
    "5:3",
  ],
  "standby-weight": [
    sites("  a: { cloud: aws, region: us-east-1 }\n  b: { cloud: aws, region: us-east-1, role: standby, weight: 1 }\n"),
    "5:62",
  ],
  "build-and-image": [service(`port: 8000, build: ., image: app@sha256:${"a".repeat(64)}`), "2:34"],
  "missing-command": [service("port: 8000, runtime: process"), "2:33"],
  "scale-range": [service("port: 8000, scale: { min: 3, max: 2 }"), "2:38"],
  "check-method": [more("checks:\n  - { status: 200 }"), "6:5"],
  "reserved-variable": [service("port: 8000, env: { TRIMARAN_X: 1 }"), "2:31"],
  "placeholder-syntax": [service('port: 8000, env: { A: "a ${x}" }'), "2:37"],
  "placeholder-unknown": [service('port: 8000, env: { A: "${secrets.x}" }'), "2:35"],
  "placeholder-misplaced": [service('port: 8000, command: "run ${site.name}"'), "2:38"],
  "image-not-pinned": [service("port: 8000, image: nginx:1"), "2:31"],
  "primary-is-standby": [
    `${sites("  a: { cloud: aws, region: us-east-1 }\n  b: { cloud: aws, region: us-east-1, role: standby }\n")}recovery: { primary: b }`,
    "6:22",
  ],
  "backups-at-primary": [
    `${sites("  a: { cloud: aws, region: us-east-1 }\n  b: { cloud: aws, region: us-east-1 }\n")}recovery: { backups: { at: [a] } }`,
    "6:28",
  ],
  "literal-secret": [service("port: 8000, env: { API_TOKEN: abc }"), "2:31"],
};

for (const [code, [text, place]] of Object.entries(cases)) {
  test(`${code} is found where it is`, () => {
    const result = parseSpec(text, {
      file: "t.yaml",
      environment: code === "unknown-environment" ? "prod" : undefined,
    });
    const severity = problemCodes[code as ProblemCode].severity;
    const all = [...(result.ok ? [] : result.problems), ...result.warnings];
    const found = all.find((problem) => problem.code === code);
    assert.ok(found, JSON.stringify(all));
    assert.equal(`${found.line}:${found.column}`, place);
    assert.equal(found.severity, severity);
    assert.equal(result.ok, severity === "warning");
    assert.ok(found.message.length > 0 && found.hint.length > 0);
  });
}

test("a problem is shown with its line and a caret", () => {
  const text = service("prot: 8000");
  const result = parseSpec(text, { file: "trimaran.yaml" });
  assert.ok(!result.ok);
  assert.equal(
    formatProblems(result.problems, text),
    [
      'trimaran.yaml:2:12: error unknown-key: "prot" is not a key of service',
      " 2 | service: { prot: 8000 }",
      "   |            ^^^^",
      "   = Did you mean port?",
    ].join("\n"),
  );
});

test("what is shown cannot write to the terminal, and long lines are cut", () => {
  const text = `app: "\u001b[31mred"\r\nservice: { port: 8000, env: { ${"A: 1, ".repeat(1)}${"x".repeat(500)}: "\u202e", "b\u001b]0;": 1 } }\r\nsites: {}\r\n`;
  const result = parseSpec(text, { file: "evil\u001b.yaml" });
  assert.ok(!result.ok);
  const shown = formatProblems(result.problems, text);
  assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  assert.ok(shown.split("\n").every((line) => line.length < 400));
});
