import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { parseSpec, problemCodes } from "../index.ts";
import { examples, least } from "../testing/specs.ts";
import { documentedSchema, editorSchema, type SchemaNode } from "./json-schema.ts";
import { specReference } from "./markdown.ts";

const validate = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  JSON.parse(editorSchema()),
);
const holds = (text: string) => parseSpec(text, { file: "t" }).ok;
const holdsForEditors = (text: string) => validate(parse(text, { merge: true }));

const service = (keys: string) => least.replace("port: 8000", `port: 8000, ${keys}`);
const more = (text: string) => `${least}${text}\n`;

const good: readonly string[] = [
  ...examples,
  service('env: { A: "${site.name}", B: 1, C: true, D: "" }'),
  service("cpu: 0.25, memory: 512Mi, timeout: 1.5m"),
  more("resources: { a: { type: postgres }, b: { type: cache, needs: [] } }"),
  more("cost: { traffic: { tokensPerMonth: 10k } }"),
  more("environments: { dev: { service: { port: null, health: /x } , sites: { b: null } } }").replace(
    "environments: { dev: { service: { port: null, health: /x } , sites: { b: null } } }",
    "environments: { dev: { service: { port: 9000, health: /x }, traffic: { failover: { failures: 1 } } } }",
  ),
];

const bad: readonly string[] = [
  "app: a",
  "[]",
  least.replace("my-app", "My_App"),
  least.replace("my-app", "a".repeat(25)),
  least.replace("8000", "'8000'"),
  least.replace("8000", "70000"),
  least.replace("port: 8000", "prot: 8000"),
  least.replace("region: us-east-1", "region: US East"),
  least.replace(/sites:[\s\S]*/, "sites: {}\n"),
  least.replace("aws:", "A_1:"),
  service("timeout: 300"),
  service("memory: 2GB"),
  service("cpu: 0.3"),
  service("health: health"),
  service("runtime: proces"),
  service("scale: { min: 0 }"),
  service("env: { PORT: 1 }"),
  service("env: { A: [1] }"),
  service("env: { A: null }"),
  service("command: ''"),
  more("resources: { a: { type: postgrs } }"),
  more("resources: { a: { version: 15 } }"),
  more("resources: { a: { type: bucket, needs: [signed] } }"),
  more("resources: { a: { type: cache, needs: [signed] } }"),
  more("resources: { a: { type: bucket, home: aws } }"),
  more("traffic: { failover: { errors: 5 } }"),
  more("traffic: null"),
  more("recovery: { backups: { database: '* * * *' } }"),
  more("checks: [{ status: 200 }]"),
  more("checks: [{ get: /a, post: /b }]"),
  more("alerts: { email: nobody }"),
  more("load: { mix: [{ weight: 1 }] }"),
  more("load: { mix: [{ get: x }] }"),
  more("environments: { Dev: {} }"),
  more("environments: { dev: { prot: 1 } }"),
  more("environments: { dev: { service: { prot: 1 } } }"),
  more("environments: { dev: { service: { memory: 2GB } } }"),
  more("environments: { dev: [] }"),
  more("surprise: 1"),
];

test("editors and Trimaran agree on what holds", () => {
  for (const text of good) {
    assert.ok(holdsForEditors(text), `${text}\n${JSON.stringify(validate.errors, null, 1)}`);
    assert.ok(holds(text), `${text}\n${JSON.stringify(parseSpec(text, { file: "t" }), null, 1)}`);
  }
});

test("editors and Trimaran agree on what does not", () => {
  for (const text of bad) {
    assert.ok(!holds(text), `${text}\nholds for Trimaran`);
    assert.ok(!holdsForEditors(text), `${text}\nholds for editors`);
  }
});

test("every key has a description", () => {
  const bare: string[] = [];
  visit(documentedSchema(), "");
  assert.deepEqual(bare, []);

  function visit(node: SchemaNode, path: string): void {
    for (const [key, inner] of Object.entries(node.properties ?? {})) {
      if ((inner.description ?? "") === "") bare.push(`${path}.${key}`);
      visit(inner, `${path}.${key}`);
    }
    if (typeof node.additionalProperties === "object") visit(node.additionalProperties, `${path}.*`);
    if (node.items !== undefined) visit(node.items, `${path}[]`);
    for (const option of node.oneOf ?? []) visit(option, path);
  }
});

test("the reference has every code, and its examples hold", () => {
  const text = specReference();
  for (const code of Object.keys(problemCodes)) assert.ok(text.includes(`| \`${code}\` |`), code);
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map((match) => match[1]!)
    .filter((block) => /^app:/m.test(block));
  assert.equal(blocks.length, 3);
  for (const block of blocks)
    assert.deepEqual(parseSpec(block, { file: "t" }), { ...parseSpec(block, { file: "t" }), ok: true, warnings: [] });
});
