import {
  type App,
  type Ask,
  figure,
  hoursPerMonth,
  type PriceLine,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

/** vCPUs and GiB of the App Service plans that have staging slots and fit: https://azure.microsoft.com/pricing/details/app-service/linux/ */
const plans: readonly (readonly [plan: string, vcpu: number, memory: number])[] = [
  ["p0v3", 1, 4],
  ["p1v3", 2, 8],
  ["p2v3", 4, 16],
  ["p3v3", 8, 32],
];
/** The largest replica of the consumption plan: https://learn.microsoft.com/azure/container-apps/containers#allocations */
const largest = 4;

/** vCPUs of a replica that holds both: memory is always 2 GiB for a vCPU, in steps of 0.25 vCPU. */
export function replicaSize(cpu: number, memoryGiB: number): number {
  return Math.ceil(Math.max(cpu, memoryGiB / 2) * 4) / 4;
}

export function computeLines(app: App, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const memory = app.service.memoryBytes / 2 ** 30;
  if (site.options["compute"] === "app-service") return appService(app.service.cpu, memory, load, ask);
  const vcpu = replicaSize(app.service.cpu, memory);
  return vcpu > largest ? dedicated(app.service.cpu, memory, load, ask) : consumption(vcpu, load, ask);
}

function consumption(vcpu: number, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const busy = load.busySeconds;
  const idle = load.instances * hoursPerMonth * 3600 - busy;
  const gib = vcpu * 2;
  const line = (name: string, seconds: number, each: number, what: string, item: string) =>
    ask({
      category: "compute",
      name,
      because: `${replicas(load)}: ${figure(seconds)} s x ${figure(each)} ${what}`,
      item,
      quantity: seconds * each,
      unit: `${what}-second`,
    });
  return [
    line("Container Apps vCPU, working", busy, vcpu, "vCPU", "aca.vcpu_second.active"),
    line("Container Apps vCPU, idle", idle, vcpu, "vCPU", "aca.vcpu_second.idle"),
    line("Container Apps memory, working", busy, gib, "GiB", "aca.gib_second.active"),
    line("Container Apps memory, idle", idle, gib, "GiB", "aca.gib_second.idle"),
    ask({
      category: "compute",
      name: "Container Apps requests",
      because: figure(load.requests),
      item: "aca.requests",
      quantity: load.requests / 1e6,
      unit: "1M requests",
    }),
  ];
}

function dedicated(cpu: number, memory: number, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const line = (name: string, count: number, what: string, item: string) =>
    ask({
      category: "compute",
      name,
      because: `${figure(count)} ${what} x ${hoursPerMonth} h`,
      item,
      quantity: count * hoursPerMonth,
      unit: what === "plan" ? "hour" : `${what}-hour`,
    });
  return [
    line("Container Apps dedicated plan", 1, "plan", "aca.dedicated.management_hour"),
    line("Container Apps dedicated vCPU", load.instances * cpu, "vCPU", "aca.dedicated.vcpu_hour"),
    line("Container Apps dedicated memory", load.instances * memory, "GiB", "aca.dedicated.gib_hour"),
  ];
}

function appService(cpu: number, memory: number, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const plan = plans.find(([, vcpu, gib]) => vcpu >= cpu && gib >= memory)?.[0] ?? "larger";
  return [
    ask({
      category: "compute",
      name: `App Service ${plan.toUpperCase()} (Linux, with its slots)`,
      because: `${replicas(load)} x ${hoursPerMonth} h`,
      item: `appservice.linux.${plan}.hour`,
      quantity: load.instances * hoursPerMonth,
      unit: "hour",
    }),
  ];
}

function replicas(load: SiteLoad): string {
  return load.instances === 1 ? "1 instance" : `${load.instances} instances`;
}
