import { createHmac } from "node:crypto";
import { POSTGRES_MAJOR, scramVerifier, type WantedDatabase } from "@trimaran/all";
import {
  type App,
  type Cloud,
  type DriverKind,
  type LocalCloudAnnouncement,
  type LocalResource,
  type PgRole,
  type Provider,
  type Resource,
  type ResourcePlace,
  type ResourceType,
  type Site,
  TrimaranError,
} from "@trimaran/contract";
import type { Keys } from "./state.ts";

export type Providers = Readonly<Record<Cloud, Provider>>;
export const roles = ["owner", "app", "read"] as const satisfies readonly PgRole[];

/** The spec's types that have a driver; the others are not run here yet. */
export const kindOf: Readonly<Partial<Record<ResourceType, DriverKind>>> = {
  postgres: "postgres",
  bucket: "objects",
  kv: "kv",
  secret: "secrets",
};

/** The site where an instance at `site` finds the resource's data. */
export function homeOf(app: App, resource: Resource, site: Site): Site {
  if (resource.home === "each-site") return site;
  const { home } = resource;
  const found = app.sites.find((s) => s.name === home.site);
  if (found === undefined)
    throw new TrimaranError("spec_invalid", `the home of resource ${resource.name} is no site`, {
      hint: "recovery.primary",
    });
  return found;
}

export function placeOf(app: App, resource: Resource, home: Site): ResourcePlace {
  return { app: app.name, environment: app.environment, resource: resource.name, site: home.name, region: home.region };
}

/** The resources whose data lives at this site. */
export function resourcesAt(app: App, site: Site): readonly Resource[] {
  return app.resources.filter((r) => kindOf[r.type] !== undefined && homeOf(app, r, site).name === site.name);
}

/** What one database resource is called, with its roles' users. */
export function databaseNames(app: App, resource: Resource, home: Site, providers: Providers) {
  const database = providers[home.cloud].kinds.postgres.physicalName(placeOf(app, resource, home));
  // PostgreSQL cuts names at 63 bytes; the resource's name is enough within one app's server.
  const user = (role: PgRole) => `${resource.name.slice(0, 50)}-${role}`;
  return { database, users: { owner: user("owner"), app: user("app"), read: user("read") } };
}

/** Derived, so that the database and the secret store agree without asking one another. */
export function databasePassword(keys: Keys, resource: Resource, home: Site, role: PgRole): string {
  return createHmac("sha256", Buffer.from(keys.passwordKey, "hex"))
    .update(`${home.name}\0${resource.name}\0${role}`)
    .digest("base64url");
}

export function databasesAt(app: App, site: Site, providers: Providers, keys: Keys): readonly WantedDatabase[] {
  const wanted = resourcesAt(app, site).filter((r) => r.type === "postgres");
  return wanted.map((resource) => {
    const { database, users } = databaseNames(app, resource, site, providers);
    const login = (role: PgRole) => {
      const salt = createHmac("sha256", Buffer.from(keys.passwordKey, "hex")).update(`salt\0${users[role]}`).digest();
      return {
        user: users[role],
        verifier: scramVerifier(databasePassword(keys, resource, site, role), salt.subarray(0, 16)),
      };
    };
    return { database, roles: { owner: login("owner"), app: login("app"), read: login("read") } };
  });
}

/** What a site's local cloud makes at its start. */
export function localResourcesAt(app: App, site: Site, providers: Providers, keys: Keys): readonly LocalResource[] {
  const { kinds } = providers[site.cloud];
  return resourcesAt(app, site).flatMap((resource): LocalResource[] => {
    const place = placeOf(app, resource, site);
    switch (resource.type) {
      case "bucket":
        return [{ kind: "bucket", name: kinds.objects.physicalName(place) }];
      case "kv":
        return [{ kind: "table", name: kinds.kv.physicalName(place) }];
      case "secret": {
        const { generate } = resource.settings;
        if (typeof generate !== "number") return [];
        return [{ kind: "secret", name: kinds.secrets.physicalName(place), first: { generateBytes: generate } }];
      }
      case "postgres": {
        const prefix = passwordPrefix(providers[site.cloud], place);
        return roles.map((role) => ({
          kind: "secret",
          name: `${prefix}${role}`,
          first: { value: databasePassword(keys, resource, site, role) },
        }));
      }
      default:
        return [];
    }
  });
}

/** The prefix does not depend on where the cloud is reached, so it is known before the cloud runs. */
function passwordPrefix(provider: Provider, place: ResourcePlace): string {
  const nowhere: LocalCloudAnnouncement = {
    ready: true,
    cloud: provider.id,
    region: place.region,
    pid: 0,
    authority: "",
    endpoints: {},
    ports: {},
    account: {},
  };
  const settings = provider.kinds.postgres.localSettings(place, nowhere) as {
    readonly passwords?: { readonly prefix?: string };
  };
  const prefix = settings.passwords?.prefix;
  if (prefix === undefined)
    throw new TrimaranError("internal", `provider ${provider.id} names no prefix for passwords`);
  return prefix;
}

/** What no local cloud can give is refused before anything starts. Throws unsupported; answers with warnings. */
export function checkSupport(
  app: App,
  providers: Providers,
): readonly { readonly says: string; readonly hint?: string }[] {
  for (const resource of app.resources) {
    const { version } = resource.settings;
    if (resource.type === "postgres" && version !== undefined && version !== POSTGRES_MAJOR) {
      throw new TrimaranError(
        "unsupported",
        `the local clouds run PostgreSQL ${POSTGRES_MAJOR}, and resource ${resource.name} asks for another version`,
        { hint: `resources.${resource.name}.version: ${POSTGRES_MAJOR}` },
      );
    }
    const kind = kindOf[resource.type];
    if (kind === undefined) continue;
    for (const home of app.sites.filter((site) => homeOf(app, resource, site).name === site.name)) {
      const features: readonly string[] = providers[home.cloud].kinds[kind].features;
      const missing = resource.needs.find((need) => !features.includes(need));
      if (missing === undefined) continue;
      throw new TrimaranError(
        "unsupported",
        `${home.cloud} cannot give resource ${resource.name} what it needs: ${missing}`,
        { hint: `resources.${resource.name}.needs, or another home` },
      );
    }
  }
  return app.resources
    .filter((r) => kindOf[r.type] === undefined)
    .map((r) => ({ says: `resource ${r.name}: the local clouds run no ${r.type} yet; the app starts without it` }));
}
