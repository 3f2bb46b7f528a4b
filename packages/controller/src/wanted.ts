import { createHmac } from "node:crypto";
import { scramVerifier, type WantedDatabase } from "@trimaran/all";
import {
  type App,
  type LocalCloudAnnouncement,
  type LocalResource,
  type PgRole,
  type Provider,
  type Resource,
  type ResourcePlace,
  type Site,
  TrimaranError,
} from "@trimaran/contract";
import { type Providers, placeOf, resourcesAt } from "./homes.ts";
import type { Keys } from "./state.ts";

export const roles = ["owner", "app", "read"] as const satisfies readonly PgRole[];

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
