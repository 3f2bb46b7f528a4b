import { costAssumptions } from "@trimaran/contract";
import * as z from "zod/mini";
import { nameLimits, namePattern } from "../names.ts";
import { buildResource } from "./resources.ts";
import { buildService } from "./service.ts";
import { anyText, count, cron, duration, formed, key, later, line, map, percentage, urlPath, whole } from "./words.ts";

const nameKey = (kind: keyof typeof nameLimits) =>
  key("", z.string(), { pattern: namePattern, maxLength: nameLimits[kind], kind: "name" });

const buildSite = () =>
  map({
    cloud: key("Whose cloud.", z.enum(["aws", "azure", "gcp"])),
    region: key("The cloud's own name of the region.", formed("region", /^[a-z][a-z0-9-]{1,39}$/, "us-east-1")),
    role: key(
      "`standby`: gets traffic only when no active site is healthy, or when told.",
      z._default(z.enum(["active", "standby"]), "active"),
    ),
    weight: key(
      "Share of the app's traffic, relative to the other active sites. Give it to all of them or to none.",
      z.optional(whole(0, 1000)),
      { otherwise: "the same for every active site; 0 for a standby" },
    ),
    account: key(
      "Which account: `subscription` and `resourceGroup` (azure), `project` (gcp), `account` (aws). Names and numbers, never keys.",
      z._default(z.record(z.string(), anyText()), {}),
      later,
    ),
    options: key(
      "What exists on this cloud only; checked by its provider.",
      z._default(z.record(z.string(), z.unknown()), {}),
      later,
    ),
  });

const buildTraffic = () =>
  map({
    domain: key(
      "Host name that users type.",
      z.optional(
        formed(
          "host name",
          /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
          "app.example.com",
        ),
      ),
      later,
    ),
    failover: key(
      "When a site or an instance stops getting traffic.",
      z.prefault(
        map({
          failures: key("Failed health checks in a row until it is out.", z._default(whole(1, 100), 3)),
          interval: key("Time between two health checks.", z._default(duration("100ms", "5m"), "5s")),
          latency: key("A slower health answer counts as a failure.", z._default(duration("10ms", "5m"), "5s")),
          errors: key(
            "Share of 5xx answers above which an instance counts as failing.",
            z._default(percentage(), "5%"),
          ),
        }),
        {},
      ),
    ),
  });

const kept = (says: string, value: number) => key(says, z._default(whole(0, 1000), value), later);

const buildRecovery = () =>
  map({
    primary: key("The site where data lives (`home: primary`).", z.optional(line()), {
      otherwise: "the first active site",
      kind: "site",
    }),
    rto: key("How long recovery may take.", z._default(duration("1s", "30d"), "15m"), later),
    rpo: key(
      "How much of the latest data, in time, a disaster may cost.",
      z._default(duration("1s", "30d"), "5m"),
      later,
    ),
    backups: key(
      "What is saved, when (cron, UTC), for how long, and where.",
      z.prefault(
        map({
          database: key("When databases are saved.", z._default(cron(), "0 2 * * *"), later),
          objects: key("When buckets are saved.", z._default(cron(), "0 4 * * *"), later),
          config: key("When the configuration is saved.", z._default(cron(), "0 6 * * 0"), later),
          keep: key(
            "How many snapshots are kept.",
            z.prefault(
              map({
                daily: kept("Daily ones.", 7),
                weekly: kept("Weekly ones.", 4),
                monthly: kept("Monthly ones.", 12),
              }),
              {},
            ),
            later,
          ),
          at: key("Sites that hold the snapshots.", z.optional(z.array(line())), {
            ...later,
            otherwise: "every site but the primary; the primary where it is the only one",
            kind: "list of sites",
          }),
        }),
        {},
      ),
      later,
    ),
  });

export const methods = ["get", "post", "put", "delete"] as const;
const buildCheck = () =>
  key(
    "One request, with exactly one of get, post, put, delete.",
    map({
      get: key("Path to get.", z.optional(urlPath()), later),
      post: key("Path to post to.", z.optional(urlPath()), later),
      put: key("Path to put to.", z.optional(urlPath()), later),
      delete: key("Path to delete.", z.optional(urlPath()), later),
      status: key("The status that the answer must have.", z._default(whole(100, 599), 200), later),
      body: key("Body of the request.", z.optional(z.string()), later),
      within: key("How long the answer may take.", z.optional(duration("1ms", "10m")), later),
    }),
    { oneOf: methods.map((method) => ({ required: [method] })) },
  );

const number = (high: number) => z.number().check(z.gte(0), z.lte(high));

const buildRest = () => ({
  alerts: key(
    "When and whom to tell.",
    z.prefault(
      map({
        "latency-p95": key(
          "Tell when the 95th percentile of latency is above.",
          z.optional(duration("1ms", "10m")),
          later,
        ),
        errors: key("Tell when the share of 5xx answers is above.", z.optional(percentage()), later),
        email: key(
          "Address to write to.",
          z.optional(formed("e-mail address", /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "ops@example.com")),
          later,
        ),
        webhook: key(
          "URL to call; better a placeholder of a secret.",
          z.optional(formed("URL", /^(https:\/\/\S+|\$\{\S+)$/, 'https://hooks.example.com/... or "${secrets.NAME}"')),
          {
            ...later,
            kind: "URL with placeholders",
          },
        ),
      }),
      {},
    ),
    later,
  ),
  budget: key(
    "What the app may cost.",
    z.prefault(
      map({ monthly: key("US dollars a month; `trimaran cost` fails above it.", z.optional(number(1e9))) }),
      {},
    ),
  ),
  cost: key(
    "What the cost estimate assumes.",
    z.prefault(
      map({
        traffic: key(
          "The traffic to reckon with.",
          z.prefault(
            map({
              requestsPerSecond: key("Requests a second, on average over the month.", z._default(number(1e9), 10)),
              averageKiB: key("Size of an answer.", z._default(number(1e9), 20)),
              storedGiB: key("Objects stored.", z._default(number(1e9), 10)),
              tokensPerMonth: key("Tokens of AI models.", z._default(count(), 0)),
            }),
            {},
          ),
        ),
        assume: key("What else it reckons with.", z.prefault(assumed(), {})),
      }),
      {},
    ),
  ),
  load: key(
    "What the load test does.",
    z.prefault(
      map({
        users: key("Users at the same time.", z._default(whole(1, 1_000_000), 100), later),
        mix: key(
          "What they ask for, and how often relative to each other.",
          z._default(
            z.array(
              map({
                get: key("Path to get.", urlPath(), later),
                weight: key("How often.", z._default(whole(1, 1000), 1), later),
              }),
            ),
            [{ get: "/", weight: 1 }],
          ),
          later,
        ),
      }),
      {},
    ),
    later,
  ),
});

const assumed = () => {
  const assume = (says: string, name: keyof typeof costAssumptions, most = 1e6) =>
    key(says, z._default(number(most), costAssumptions[name]));
  return map({
    averageMs: assume("Milliseconds that an instance works on a request.", "averageMs"),
    queriesPerRequest: assume("Queries of each database, a request.", "queriesPerRequest"),
    databaseWritesPerRequest: assume("Rows written to each database, a request.", "databaseWritesPerRequest"),
    queryKiB: assume("Size of a query's answer, and of a row.", "queryKiB"),
    kvReadsPerRequest: assume("Reads of each key-value resource, a request.", "kvReadsPerRequest"),
    kvWritesPerRequest: assume("Writes of each key-value resource, a request.", "kvWritesPerRequest"),
    kvStoredGiB: assume("Stored in each key-value resource.", "kvStoredGiB"),
    objectReadsPerRequest: assume("Objects read, a request.", "objectReadsPerRequest"),
    objectWritesPerRequest: assume("Objects written, a request.", "objectWritesPerRequest"),
    outputTokens: assume("Share of the tokens that the model writes, 0 to 1.", "outputTokens", 1),
    logKiB: assume("Log of a request.", "logKiB"),
    imagesGiB: assume("Images kept in the registry of each site.", "imagesGiB"),
  });
};

const build = () =>
  map({
    app: key("Name of the app: lower-case letters, digits, hyphens.", z.string(), {
      pattern: namePattern,
      maxLength: nameLimits.app,
      kind: "name",
    }),
    service: key("The app itself: how it is built, started and checked.", buildService()),
    resources: key(
      "What the app needs, by name.",
      z._default(z.record(nameKey("resource"), key("A resource.", buildResource())), {}),
    ),
    sites: key("Where the app runs, by name. One is enough.", z.record(nameKey("site"), key("A site.", buildSite())), {
      minProperties: 1,
    }),
    traffic: key("How users reach the app.", z.prefault(buildTraffic(), {})),
    recovery: key("Where data lives, and what a disaster may cost.", z.prefault(buildRecovery(), {})),
    checks: key("What 'it works' means.", z.optional(z.array(buildCheck())), {
      ...later,
      otherwise: "one: the health path answers 200",
    }),
    ...buildRest(),
    environments: key(
      "Overlays by name, for `--env`: laid on the rest of the file key by key; null takes a key away; lists are replaced whole.",
      z._default(z.record(nameKey("environment"), z.unknown()), {}),
    ),
  });

let built: ReturnType<typeof build> | undefined;
/** The one schema of the spec, made when it is first asked for. */
export function specSchema(): ReturnType<typeof build> {
  built ??= build();
  return built;
}

/** What the file says, defaults filled in, units as they are written. */
export type Written = z.output<ReturnType<typeof build>>;
