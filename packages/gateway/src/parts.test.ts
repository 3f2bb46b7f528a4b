import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRetryBudget } from "./budget.ts";
import { createTracer } from "./headers.ts";
import { createLanes, type Lane, type Timed } from "./lanes.ts";
import { BUCKETS, Meter, percentile } from "./meter.ts";

test("retry budget: a share of ten seconds' first attempts, or the floor", () => {
  const budget = createRetryBudget(0.2, 3);
  const taken = (now: number) => {
    let count = 0;
    while (budget.take(now)) count += 1;
    return count;
  };
  assert.equal(taken(0), 3, "the floor");
  for (let i = 0; i < 100; i++) budget.first(1000);
  assert.equal(taken(1000), 17, "a fifth of a hundred, the three counted");
  assert.equal(taken(10_999), 3, "the first second is forgotten");
  assert.equal(taken(11_000), 0, "and now the requests, too, but not those three");
  assert.equal(taken(21_000), 3);
  budget.limits(0, 0);
  assert.equal(taken(60_000), 0);
});

test("lanes: each limit fires once, in time, unless it was left", () => {
  let now = 0;
  const lanes = createLanes(() => now);
  const fired: string[] = [];
  const item = (name: string): Timed => ({
    deadline: 0,
    before: null,
    after: null,
    lane: null,
    expired: () => fired.push(name),
  });
  const [a, b, c, d] = ["a", "b", "c", "d"].map(item) as [Timed, Timed, Timed, Timed];
  const long: Lane = lanes.of(1000);
  const short = lanes.of(10);
  assert.equal(lanes.of(10), short);
  for (const one of [a, b, c]) long.join(one, now);
  short.join(d, now);
  assert.deepEqual(lanes.waiting().length, 4);
  long.leave(b);
  now = 10;
  lanes.tick();
  assert.deepEqual(fired, ["d"]);
  now = 999;
  lanes.tick();
  assert.deepEqual(fired, ["d"]);
  long.leave(a);
  long.join(a, now);
  now = 1000;
  lanes.tick();
  assert.deepEqual(fired, ["d", "c"]);
  now = 1999;
  lanes.tick();
  assert.deepEqual(fired, ["d", "c", "a"]);
  assert.deepEqual(lanes.waiting(), []);
  lanes.stop();
});

test("percentiles are at most 4 % off, whatever the latencies", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.05, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      (all) => {
        const meter = new Meter(0);
        for (const ms of all) meter.record(0, ms, false);
        const histogram = meter.addTo(new Uint32Array(BUCKETS), 0);
        const sorted = all.toSorted((a, b) => a - b);
        for (const p of [0.01, 0.5, 0.99, 1]) {
          const exact = sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)]!;
          const found = percentile(histogram, p);
          assert.ok(Math.abs(found - exact) <= exact * 0.04 + 0.001, `${found} for ${exact}`);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("a meter forgets after ten seconds, and counts for ever", () => {
  const meter = new Meter(0);
  for (let s = 0; s < 5; s++) for (let i = 0; i < 10; i++) meter.record(s * 1000, 1, i === 0);
  assert.equal(meter.perSecond(5000), 10);
  assert.equal(meter.recent(11_000), 30);
  assert.equal(meter.recent(60_000), 0);
  assert.deepEqual([meter.requests, meter.errors], [50, 5]);
  assert.equal(percentile(meter.addTo(new Uint32Array(BUCKETS), 60_000), 0.99), 0);
});

test("traces differ, also when the pool of random bytes is filled anew", () => {
  let filled = 0;
  const trace = createTracer((bytes) => bytes.fill(++filled));
  const seen = Array.from({ length: 600 }, trace);
  assert.equal(filled, 3);
  assert.ok(seen.every((one) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(one)));
});
