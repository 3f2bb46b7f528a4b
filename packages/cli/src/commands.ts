import { chaosActions } from "@trimaran/contract";
import type { Command } from "./command.ts";

/** Every command, in the order of `trimaran --help`. */
export const commands: readonly Command[] = [
  {
    path: ["init"],
    summary: "look at an app's folder and write a commented trimaran.yaml",
    positionals: [{ name: "folder", description: "the app's folder (default: here)" }],
    options: {
      force: { type: "boolean", description: "replace a trimaran.yaml that is there" },
      print: { type: "boolean", description: "write to standard output instead" },
    },
    examples: ["trimaran init", "trimaran init ../my-app"],
    load: () => import("./commands/init.ts"),
  },
  {
    path: ["validate"],
    summary: "check the spec; every mistake at once, each with its place and its mend",
    examples: ["trimaran validate", "trimaran validate --file app/trimaran.yaml --env staging"],
    load: () => import("./commands/validate.ts"),
  },
  {
    path: ["up"],
    summary: "run the app on a local cloud for each site, behind one address",
    options: {
      detach: { type: "boolean", short: "d", description: "return when it is ready; it goes on in the background" },
      port: {
        type: "string",
        value: "N",
        description: "the gateway's port (default: the last one, 8080, or a free one)",
      },
    },
    examples: ["trimaran up", "trimaran up --detach --port 9000"],
    load: () => import("./commands/up.ts"),
  },
  {
    path: ["down"],
    summary: "stop what `up` runs; the data stays",
    options: { purge: { type: "boolean", description: "remove the data, logs and releases of this environment too" } },
    examples: ["trimaran down", "trimaran down --purge"],
    load: () => import("./commands/down.ts"),
  },
  {
    path: ["status"],
    summary: "sites, instances, share of traffic, latency and errors",
    options: { watch: { type: "boolean", short: "w", description: "draw it again every second until Ctrl-C" } },
    examples: ["trimaran status --watch", "trimaran status --json"],
    load: () => import("./commands/status.ts"),
  },
  {
    path: ["logs"],
    summary: "what the app and its services wrote",
    positionals: [{ name: "source", description: "a site (aws), or one log of it (aws/web-1, aws/postgres)" }],
    options: {
      follow: { type: "boolean", description: "go on as more is written, until Ctrl-C" },
      tail: { type: "string", value: "N", description: "lines from the end of each log (default: 50)" },
    },
    examples: ["trimaran logs aws", "trimaran logs gcp/gcp-1 --follow"],
    load: () => import("./commands/logs.ts"),
  },
  {
    path: ["traffic", "show"],
    summary: "weights, what they promise and what was measured",
    examples: ["trimaran traffic show"],
    load: () => import("./commands/traffic/show.ts"),
  },
  {
    path: ["traffic", "set"],
    summary: "change the sites' weights while everything runs",
    positionals: [
      { name: "site=weight", description: "a site that is not named keeps its weight", required: true, many: true },
    ],
    examples: ["trimaran traffic set aws=70 azure=30"],
    load: () => import("./commands/traffic/set.ts"),
  },
  {
    path: ["chaos"],
    summary: "break a site for real (kill, pause, slow, errors, partition), or heal it",
    positionals: [
      { name: "action", description: "what to do", required: true, oneOf: [...chaosActions, "heal"] },
      { name: "site", description: "the site's name", required: true },
    ],
    options: {
      only: {
        type: "string",
        value: "instances|services",
        description: "only the app's instances, or only the cloud's services",
      },
    },
    examples: ["trimaran chaos kill azure", "trimaran chaos pause gcp --only instances", "trimaran chaos heal azure"],
    load: () => import("./commands/chaos.ts"),
  },
  {
    path: ["cost"],
    summary: "what a month costs: by site, in all, and on each single cloud",
    options: {
      lines: { type: "boolean", description: "every line: quantity, unit price, SKU, source and its date" },
      csv: { type: "boolean", description: "every line for a spreadsheet" },
      html: { type: "string", value: "PATH", description: "write one page with tables and charts" },
      site: { type: "string", value: "NAME", description: "only this site" },
      requests: { type: "string", value: "xN|N", description: "what if: N times the requests, or N a second" },
      region: { type: "string", value: "SITE=REGION,...", description: "what if: a site elsewhere" },
      size: { type: "string", value: "SIZE", description: "what if: databases and caches small, medium or large" },
      against: { type: "string", value: "PATH", description: "what this spec changes, compared with another" },
      strict: { type: "boolean", description: "a line without a price fails the budget too" },
    },
    examples: ["trimaran cost", "trimaran cost --requests x10 --lines", "trimaran cost --against main.yaml --json"],
    load: () => import("./commands/cost/show.ts"),
  },
  {
    path: ["cost", "refresh"],
    summary: "read today's prices from the clouds' public price lists",
    options: {
      cloud: { type: "string", value: "NAME,...", description: "only these clouds (default: all)" },
    },
    examples: ["trimaran cost refresh", "trimaran cost refresh --cloud aws,azure"],
    load: () => import("./commands/cost/refresh.ts"),
  },
  {
    path: ["doctor"],
    summary: "what is installed on this machine, and what each missing thing would unlock",
    load: () => import("./commands/doctor.ts"),
  },
];
