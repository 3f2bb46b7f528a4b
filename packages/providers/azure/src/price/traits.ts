import type { App, CloudTrait, Site, SiteLoad } from "@trimaran/contract";
import { replicaSize } from "./compute.ts";
import { diskSize } from "./data.ts";

/** The ingress of Container Apps answers for so long: https://learn.microsoft.com/azure/container-apps/ingress-overview */
const ingressTimeoutMs = 240_000;

/** What Azure is good at for this app, and what it costs it. */
export function traits(app: App, site: Site, load: SiteLoad): readonly CloudTrait[] {
  const gib = app.service.memoryBytes / 2 ** 30;
  const vcpu = replicaSize(app.service.cpu, gib);
  const isAppService = site.options["compute"] === "app-service";
  const database = load.resources.find((r) => r.resource.type === "postgres");
  const found: CloudTrait[] = [
    {
      aspect: "compute",
      says: isAppService ? "App Service: a plan of machines, its slots included" : containerApps(app, vcpu, gib),
    },
    {
      aspect: "idle",
      says: isAppService
        ? "billed each hour that the plan runs, busy or not"
        : "billed by the second; an idle vCPU costs about an eighth of a working one, idle memory as much as working memory",
    },
  ];
  if (database !== undefined) {
    const disk = diskSize(database.storedGiB);
    found.push({
      aspect: "database",
      says: `Flexible Server: disks double in size, so ${database.storedGiB} GB is paid as ${disk} GB`,
    });
  }
  if (load.resources.some((r) => r.resource.type === "kv"))
    found.push({
      aspect: "key-value",
      says: "Cosmos DB: one meter for all, a write counts as five reads; no free part",
    });
  found.push(
    {
      aspect: "network",
      says: "ingress is included, no load balancer to pay; 100 GB a month to the internet are free",
    },
    {
      aspect: "limits",
      says:
        !isAppService && app.service.timeoutMs > ingressTimeoutMs
          ? `the ingress ends an answer after 240 s, and the spec asks for ${app.service.timeoutMs / 1000} s`
          : "an answer may last 240 s",
    },
  );
  return found;
}

function containerApps(app: App, vcpu: number, gib: number): string {
  if (vcpu > 4) return "Container Apps: too large for the consumption plan, so a dedicated plan, paid by the hour";
  return vcpu === app.service.cpu && vcpu * 2 === gib
    ? "Container Apps: exactly this size"
    : `Container Apps: billed as ${vcpu} vCPU and ${vcpu * 2} GiB, for memory is always 2 GiB for a vCPU`;
}
