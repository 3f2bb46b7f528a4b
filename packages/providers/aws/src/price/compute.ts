import {
  type App,
  type Ask,
  figure,
  hoursPerMonth,
  type PriceLine,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

/** Memory in GB that Fargate takes for each vCPU: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const fargateSizes: readonly (readonly [vcpu: number, from: number, to: number, step: number])[] = [
  [0.25, 0.5, 2, 0.5], // and no 1.5
  [0.5, 1, 4, 1],
  [1, 2, 8, 1],
  [2, 4, 16, 1],
  [4, 8, 30, 1],
  [8, 16, 60, 4],
  [16, 32, 120, 8],
];
/** vCPUs and GiB: https://aws.amazon.com/ec2/instance-types/ */
const machines: readonly (readonly [type: string, vcpu: number, memory: number])[] = [
  ["t3.micro", 2, 1],
  ["t3.small", 2, 2],
  ["t3.medium", 2, 4],
  ["t3.large", 2, 8],
  ["m6i.xlarge", 4, 16],
];

export interface TaskSize {
  readonly vcpu: number;
  readonly memory: number;
}

/** The smallest task that holds what the spec asks for. Undefined where there is none. */
export function fargateSize(cpu: number, memoryGiB: number): TaskSize | undefined {
  for (const [vcpu, from, to, step] of fargateSizes) {
    if (vcpu < cpu || memoryGiB > to) continue;
    const memory = Math.max(from, from + Math.ceil((memoryGiB - from) / step) * step);
    return { vcpu, memory: vcpu === 0.25 && memory > 1 ? 2 : memory };
  }
  return undefined;
}

export function computeLines(app: App, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const memory = app.service.memoryBytes / 2 ** 30;
  return site.options["compute"] === "beanstalk"
    ? beanstalk(app.service.cpu, memory, load, ask)
    : fargate(app.service.cpu, memory, site, load, ask);
}

function fargate(cpu: number, memory: number, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  // Above the largest task the question is still asked, of an item that no book has: it answers 'no price'.
  const size = fargateSize(cpu, memory);
  const { vcpu, memory: gb } = size ?? { vcpu: cpu, memory };
  const item = size === undefined ? "fargate.too_large" : "fargate";
  const spot = site.options["spot"] === undefined ? {} : { note: "the Spot share is priced on demand: no Spot price" };
  const each = (n: number, word: string) => `${instances(load)} x ${figure(n)} ${word} x ${hoursPerMonth} h`;
  return [
    ask({
      category: "compute",
      name: "Fargate vCPU",
      because: each(vcpu, "vCPU"),
      item: `${item}.vcpu_hour`,
      quantity: load.instances * vcpu * hoursPerMonth,
      unit: "vCPU-hour",
      ...spot,
    }),
    ask({
      category: "compute",
      name: "Fargate memory",
      because: each(gb, "GB"),
      item: `${item}.gb_hour`,
      quantity: load.instances * gb * hoursPerMonth,
      unit: "GB-hour",
      ...spot,
    }),
  ];
}

function beanstalk(cpu: number, memory: number, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const machine = machines.find(([, vcpu, gib]) => vcpu >= cpu && gib >= memory);
  const type = machine?.[0] ?? "larger";
  return [
    ask({
      category: "compute",
      name: `EC2 ${type} (Elastic Beanstalk)`,
      because: `${instances(load)} x ${hoursPerMonth} h`,
      item: `ec2.${type}.hour`,
      quantity: load.instances * hoursPerMonth,
      unit: "hour",
    }),
    ask({
      category: "compute",
      name: "EBS root volume",
      because: `${instances(load)} x 10 GB`,
      item: "ebs.gp3.gb_month",
      quantity: load.instances * 10,
      unit: "GB-month",
    }),
  ];
}

function instances(load: SiteLoad): string {
  return load.instances === 1 ? "1 instance" : `${load.instances} instances`;
}
