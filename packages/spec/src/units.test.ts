import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cronMistake } from "./cron.ts";
import { editDistance, nearest } from "./nearest.ts";
import { parseTemplate, toTemplate } from "./placeholders.ts";
import * as units from "./units.ts";

test("durations, sizes, percentages and counts", () => {
  assert.deepEqual(
    ["300ms", "5s", "1.5m", "2h", "1d"].map(units.parseDuration),
    [300, 5000, 90_000, 7_200_000, 86_400_000],
  );
  assert.deepEqual(
    ["", "5", "5 s", "-5s", "5S", "1e3s", `${"9".repeat(30)}d`].map(units.parseDuration),
    Array(7).fill(undefined),
  );
  assert.deepEqual(["1Ki", "1.5Mi", "2Gi", "1Ti"].map(units.parseSize), [1024, 1_572_864, 2 ** 31, 2 ** 40]);
  assert.equal(units.parseSize("2GB"), undefined);
  assert.deepEqual(["5%", "0.5%", "100%", "0%"].map(units.parsePercentage), [0.05, 0.005, 1, 0]);
  assert.deepEqual(
    [500, "10k", "1M", "1.5M", "2G"].map(units.parseCount),
    [500, 10_000, 1_000_000, 1_500_000, 2_000_000_000],
  );
  assert.deepEqual([-1, 1.5e300, "1m", "M"].map(units.parseCount), Array(4).fill(undefined));
});

test("what was probably meant", () => {
  assert.deepEqual(["5", "5 sec", "10 Minutes", "1week"].map(units.likelyDuration), ["5s", "5s", "10m", undefined]);
  assert.deepEqual(["2GB", "512 mb", "1G", "12"].map(units.likelySize), ["2Gi", "512Mi", "1Gi", undefined]);
  assert.deepEqual(["5", "0.05", "5 %", "x"].map(units.likelyPercentage), ["5%", "5%", "5%", undefined]);
});

test("cron expressions", () => {
  for (const good of ["0 2 * * *", "*/5 0-6,12 1,15 jan-mar MON-FRI", "0 0 31 12 7", " 0  6 * * 0 "]) {
    assert.equal(cronMistake(good), undefined, good);
  }
  for (const bad of [
    "",
    "* * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "1-2-3 * * * *",
    ", * * * *",
    "@daily",
    "* * * foo *",
    "1//2 * * * *",
  ]) {
    assert.equal(typeof cronMistake(bad), "string", bad);
  }
});

test("edit distance is a distance, and the nearest name is near", () => {
  assert.equal(editDistance("prot", "port"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(nearest("helth", ["build", "health", "port"]), "health");
  assert.equal(nearest("latencyP95", ["latency-p95", "errors"]), "latency-p95");
  assert.equal(nearest("env", ["service", "sites"]), undefined);
  assert.equal(nearest("environment", ["environments", "env"]), "environments");
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("a template keeps every character that is not a placeholder", () => {
  assert.deepEqual(toTemplate("$a$${b}$$"), ["$a${b}$$"]);
  assert.deepEqual(
    parseTemplate("${site}").map((piece) => piece.kind),
    ["mistake"],
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = text.replaceAll("${", "$${");
      assert.equal(toTemplate(escaped).join(""), escaped.replaceAll("$${", "${"));
    }),
    { seed: 1, numRuns: 200 },
  );
});
