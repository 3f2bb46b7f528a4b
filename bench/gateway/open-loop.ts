/**
 * Load at a constant rate, whether or not answers come (wrk sends the next request only after an answer, so that it slows down with what
 * it measures). Arguments: URL, requests a second, seconds. Prints { p50Ms, p99Ms, maxMs, answers, failures } as JSON.
 */
import { Pool } from "undici";

const [target = "", rate = "1000", seconds = "5"] = process.argv.slice(2);
const { origin, pathname } = new URL(target);
const pool = new Pool(origin, { connections: 64 });
const total = Number(rate) * Number(seconds);
const latencies: number[] = [];
let sent = 0;
let failures = 0;

async function one(): Promise<void> {
  const start = performance.now();
  try {
    const { statusCode, body } = await pool.request({ path: pathname, method: "GET" });
    await body.dump();
    if (statusCode === 200) latencies.push(performance.now() - start);
    else failures += 1;
  } catch (_e) {
    failures += 1; // counted, whatever it was
  }
}

// Connections and compiled code first: they are not what is measured.
await Promise.all(Array.from({ length: 64 }, one));
for (let i = 0; i < 500; i++) await one();
latencies.length = failures = 0;

const begun = performance.now();
const pending: Promise<void>[] = [];
await new Promise<void>((resolve) => {
  const tick = () => {
    const due = Math.min(total, Math.floor(((performance.now() - begun) * Number(rate)) / 1000));
    for (; sent < due; sent++) pending.push(one());
    if (sent === total) resolve();
    else setTimeout(tick, 1);
  };
  tick();
});
await Promise.all(pending);
await pool.close();

const sorted = Float64Array.from(latencies).toSorted();
const at = (p: number) => sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? 0;
console.log(JSON.stringify({ p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), answers: sorted.length, failures }));
