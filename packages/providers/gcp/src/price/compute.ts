import {
  type App,
  type Ask,
  figure,
  hoursPerMonth,
  type PriceLine,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

/** https://cloud.google.com/run/docs/configuring/services/cpu and .../memory-limits */
const sizes = [1, 2, 4, 6, 8] as const;
const largestGiB = 32;

export interface InstanceSize {
  readonly vcpu: number;
  readonly memory: number;
}

/** The smallest instance that holds both; memory above 4, 8, 16 and 24 GiB needs 2, 4, 6 and 8 vCPU. Undefined above the largest. */
export function instanceSize(cpu: number, memoryGiB: number): InstanceSize | undefined {
  if (memoryGiB > largestGiB) return undefined;
  const needed = [4, 8, 16, 24].findLastIndex((gib) => memoryGiB > gib) + 1;
  const forMemory = sizes[needed] ?? 1;
  if (cpu < 1 && needed === 0) return { vcpu: cpu, memory: memoryGiB };
  const vcpu = sizes.find((s) => s >= Math.max(cpu, forMemory));
  return vcpu === undefined ? undefined : { vcpu, memory: Math.max(memoryGiB, vcpu >= 6 ? 4 : vcpu >= 4 ? 2 : 0) };
}

/** A browser that stays on an instance keeps it busy: then it is billed for as long as it runs. */
export function isInstanceBilled(app: App, site: Site): boolean {
  const given = site.options["billing"];
  return given === undefined ? app.service.affinity === "session" : given === "instance";
}

export function computeLines(app: App, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const memory = app.service.memoryBytes / 2 ** 30;
  const size = instanceSize(app.service.cpu, memory);
  const { vcpu, memory: gib } = size ?? { vcpu: app.service.cpu, memory };
  const isInstance = isInstanceBilled(app, site);
  // Above the largest instance the question is still asked, of an item that no book has: it answers 'no price'.
  const prefix =
    size === undefined ? "cloudrun.too_large" : isInstance ? "cloudrun.instance_based" : "cloudrun.request_based";
  const line = (name: string, seconds: number, each: number, what: "vCPU" | "GiB", item: string) =>
    ask({
      category: "compute",
      name,
      because: `${instances(load)}: ${figure(seconds)} s x ${figure(each)} ${what}`,
      item: `${prefix}.${item}`,
      quantity: seconds * each,
      unit: `${what}-second`,
    });
  const all = load.instances * hoursPerMonth * 3600;
  if (isInstance) {
    return [
      line("Cloud Run vCPU, while it runs", all, vcpu, "vCPU", "vcpu_second"),
      line("Cloud Run memory, while it runs", all, gib, "GiB", "gib_second"),
    ];
  }
  const busy = load.busySeconds;
  return [
    line("Cloud Run vCPU, working", busy, vcpu, "vCPU", "vcpu_second"),
    line("Cloud Run vCPU, idle", all - busy, vcpu, "vCPU", "idle.vcpu_second"),
    line("Cloud Run memory, working", busy, gib, "GiB", "gib_second"),
    line("Cloud Run memory, idle", all - busy, gib, "GiB", "idle.gib_second"),
    ask({
      category: "compute",
      name: "Cloud Run requests",
      because: figure(load.requests),
      item: "cloudrun.requests",
      quantity: load.requests / 1e6,
      unit: "1M requests",
    }),
  ];
}

function instances(load: SiteLoad): string {
  return load.instances === 1 ? "1 instance" : `${load.instances} instances`;
}
