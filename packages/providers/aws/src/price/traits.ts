import type { App, CloudTrait, Site, SiteLoad } from "@trimaran/contract";
import { fargateSize } from "./compute.ts";

/** What AWS is good at for this app, and what it costs it. */
export function traits(app: App, site: Site, load: SiteLoad): readonly CloudTrait[] {
  const gib = app.service.memoryBytes / 2 ** 30;
  const size = fargateSize(app.service.cpu, gib);
  const isBeanstalk = site.options["compute"] === "beanstalk";
  const rounded = size !== undefined && (size.vcpu !== app.service.cpu || size.memory !== gib);
  const has = (type: string) => load.resources.some((r) => r.resource.type === type);
  return [
    {
      aspect: "compute",
      says: isBeanstalk
        ? "Elastic Beanstalk: whole machines, nothing on top of their price"
        : rounded
          ? `ECS Fargate: billed as ${size.vcpu} vCPU and ${size.memory} GB, the next size that it has`
          : "ECS Fargate: exactly this size",
    },
    {
      aspect: "idle",
      says: "billed each hour that an instance runs, busy or not: steady, and dearest where traffic is thin",
    },
    ...(has("postgres") ? [trait("database", "RDS: disk by the GB, from 20 GB on")] : []),
    ...(has("kv") ? [trait("key-value", "DynamoDB: by request, 25 GB of storage free")] : []),
    {
      aspect: "network",
      says:
        site.options["cdn"] === true
          ? "CloudFront: 1 TB and 10 M requests a month free"
          : "a load balancer is always paid; 100 GB a month to the internet are free",
    },
    {
      aspect: "limits",
      says: "answers and WebSockets may last as long as the load balancer's idle timeout is set, up to 4000 s",
    },
  ];
}

function trait(aspect: CloudTrait["aspect"], says: string): CloudTrait {
  return { aspect, says };
}
