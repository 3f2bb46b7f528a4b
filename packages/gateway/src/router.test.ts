import assert from "node:assert/strict";
import { test } from "node:test";
import type { GatewaySite } from "@trimaran/contract";
import fc from "fast-check";
import { isLong } from "../../../test/parts.ts";
import { configOf } from "../testing/harness.ts";
import { createRouter } from "./router.ts";
import { reconcile, type Site, type TargetWorld } from "./state.ts";

const config = configOf({});
const world: TargetWorld = { config: () => config, changed: () => {} };

function sitesOf(
  ...wanted: readonly (Partial<GatewaySite> & { readonly name: string; readonly count?: number })[]
): Site[] {
  const sites = wanted.map(({ count = 1, ...site }) => ({
    role: "active" as const,
    weight: 50,
    enabled: true,
    targets: Array.from({ length: count }, (_, i) => ({
      id: `${site.name}-${i}`,
      revision: "r",
      url: `http://127.0.0.1:${i + 1}`,
      draining: false,
    })),
    ...site,
  }));
  return reconcile([], config, { ...config, sites }, world, 0).sites;
}

function check(site: Site, because?: string): void {
  for (const target of site.targets) target.vitals.checked(0, because);
}
const sicken = (site: Site) => check(site, "connect");
const cure = (site: Site) => check(site);

test("whatever weights and failures come, every site is within one request of its share since the last change", () => {
  const step = fc.oneof(
    { weight: 20, arbitrary: fc.record({ do: fc.constant("pick" as const), count: fc.integer({ min: 1, max: 200 }) }) },
    fc.record({ do: fc.constant("toggle" as const), count: fc.nat(9) }),
    fc.record({ do: fc.constant("weigh" as const), count: fc.integer({ min: 1, max: 1000 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 10 }),
      fc.array(step, { maxLength: 30 }),
      (weights, steps) => {
        const sites = sitesOf(...weights.map((weight, i) => ({ name: `s${i}`, weight })));
        const router = createRouter();
        router.refresh(sites);
        for (const { do: what, count } of steps) {
          const site = sites[count % sites.length]!;
          if (what === "toggle") (site.isHealthy ? sicken : cure)(site);
          if (what === "weigh") site.config = { ...site.config, weight: count };
          if (what !== "pick") router.refresh(sites);
          const taking = sites.some((one) => one.isHealthy) ? sites.filter((one) => one.isHealthy) : sites;
          const total = taking.reduce((sum, one) => sum + one.config.weight, 0);
          for (let i = 0; i < count && what === "pick"; i++) {
            router.pick();
            const picked = sites.reduce((sum, one) => sum + one.assigned, 0);
            for (const one of sites) {
              const share = taking.includes(one) ? one.config.weight / total : 0;
              assert.ok(Math.abs(one.assigned - picked * share) < 1, `${one.name}: ${one.assigned} of ${picked}`);
            }
          }
        }
      },
    ),
    { numRuns: isLong ? 2000 : 100 },
  );
});

test("the order of who serves: active, standby, weight 0, then everybody", () => {
  const sites = sitesOf(
    { name: "active" },
    { name: "standby", role: "standby", weight: 0 },
    { name: "zero", weight: 0 },
    { name: "off", enabled: false },
  );
  const router = createRouter();
  const serves = () => {
    router.refresh(sites);
    return router.pick()?.site.name;
  };
  assert.equal(serves(), "active");
  sicken(sites[0]!);
  assert.equal(serves(), "standby");
  sicken(sites[1]!);
  assert.equal(serves(), "zero");
  assert.equal(router.failingOpen, false);
  sicken(sites[2]!);
  assert.equal(serves(), "active", "failing open by weight");
  assert.equal(router.failingOpen, true);
  router.refresh([]);
  assert.equal(router.pick(), undefined);
  assert.equal(router.failingOpen, false);
});

test("a second try goes to another site, then to another target of the same, then to a standby", () => {
  const sites = sitesOf({ name: "a", count: 2 }, { name: "b" }, { name: "c", role: "standby", weight: 0 });
  const router = createRouter();
  router.refresh(sites);
  const [first] = sites[0]!.targets;
  const tried = [first!];
  const names: (string | undefined)[] = [];
  for (;;) {
    const next = router.pickOther(tried);
    if (!next) break;
    tried.splice(0, 0, next); // `first` stays the last tried
    names.push(next.config.id);
  }
  assert.deepEqual(names, ["b-0", "a-1", "c-0"]);
});

test("a second try prefers the site with the most room for its weight", () => {
  const sites = sitesOf({ name: "a" }, { name: "b", weight: 10 }, { name: "c", weight: 100 });
  const router = createRouter();
  router.refresh(sites);
  sites[1]!.targets[0]!.inFlight = 2;
  sites[2]!.targets[0]!.inFlight = 10;
  assert.equal(router.pickOther(sites[0]!.targets)?.site.name, "c");
});
