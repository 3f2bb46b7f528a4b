import type { App, CloudTrait, Site, SiteLoad } from "@trimaran/contract";
import { instanceSize, isInstanceBilled } from "./compute.ts";

/** What Google Cloud is good at for this app, and what it costs it. */
export function traits(app: App, site: Site, load: SiteLoad): readonly CloudTrait[] {
  const gib = app.service.memoryBytes / 2 ** 30;
  const size = instanceSize(app.service.cpu, gib);
  const isExact = size?.vcpu === app.service.cpu && size.memory === gib;
  const isInstance = isInstanceBilled(app, site);
  const found: CloudTrait[] = [
    {
      aspect: "compute",
      says:
        size === undefined
          ? "Cloud Run: no instance is that large"
          : isExact
            ? "Cloud Run: exactly this size"
            : `Cloud Run: billed as ${size.vcpu} vCPU and ${size.memory} GiB, the next size that it has`,
    },
    {
      aspect: "idle",
      says: isInstance
        ? "billed while an instance runs, at a lower price, because a browser stays on its instance; nothing for requests"
        : "billed by the second; an idle vCPU costs about a tenth of a working one, idle memory as much as working memory",
    },
  ];
  const database = load.resources.find((r) => r.resource.type === "postgres");
  if (database !== undefined) {
    const isSmall = !["medium", "large"].includes(String(database.resource.settings["size"]));
    found.push({
      aspect: "database",
      says: isSmall
        ? "Cloud SQL: the small size is a shared core without a service level; SSD by the GiB"
        : "Cloud SQL: vCPU and memory by the hour, SSD by the GiB",
    });
  }
  if (load.resources.some((r) => r.resource.type === "kv"))
    found.push({ aspect: "key-value", says: "Firestore: 50,000 reads and 20,000 writes a day are free" });
  found.push(
    {
      aspect: "network",
      says:
        site.options["cdn"] === true
          ? "Cloud CDN: cheaper than the premium network from the first GiB"
          : "premium network to users from the first GiB, with no free part in the book",
    },
    { aspect: "limits", says: "an answer or a WebSocket may last 60 minutes" },
  );
  return found;
}
