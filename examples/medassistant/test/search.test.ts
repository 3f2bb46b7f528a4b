import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { passagesOf } from "../src/passages.ts";
import { extractAnswer, search } from "../src/search.ts";

const folder = join(import.meta.dirname, "../documents");
const passages = readdirSync(folder).flatMap((name) => passagesOf(name, readFileSync(join(folder, name), "utf8")));

const questions: readonly (readonly [string, string, RegExp])[] = [
  ["How much paracetamol may an adult take in a day?", "safe-use-of-paracetamol.md", /4000 mg/],
  ["Which medicine comes first for type 2 diabetes?", "type-2-diabetes.md", /Metformin/],
  ["What should I do in an asthma attack?", "asthma.md", /reliever/],
  ["When is a blood pressure reading an emergency?", "high-blood-pressure.md", /180\/120/],
  ["Can I give my child aspirin?", "fever-in-children.md", /aspirin/],
  ["How often is tetanus refreshed?", "adult-vaccinations.md", /ten years/],
];

for (const [question, document, answer] of questions) {
  test(`answers: ${question}`, () => {
    const matches = search(question, passages, 3);
    assert.equal(matches[0]?.passage.document, document);
    assert.match(extractAnswer(question, matches, passages), answer);
  });
}

test("a question that no document answers gets no passage", () => {
  assert.deepEqual(search("quantum chromodynamics lagrangian", passages, 3), []);
});
