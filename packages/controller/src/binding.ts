import type { App, Binding, BoundResource, Json, LocalCloudAnnouncement, Resource, Site } from "@trimaran/contract";
import { homeOf, kindOf, type Providers, placeOf } from "./homes.ts";
import { databaseNames } from "./wanted.ts";

/** A home site as its clients see it. */
export interface ReachedSite {
  readonly cloud: LocalCloudAnnouncement;
  /** The relay's port of its PostgreSQL server, where it has one. */
  readonly postgresPort: number | undefined;
}
export type Reach = (site: string) => ReachedSite;

/** With which settings instances at `site` open the app's resources. */
export function bindingOf(
  app: App,
  site: Site,
  revision: string,
  providers: Providers,
  reach: Reach,
  authority: string,
): Binding {
  const resources: Record<string, BoundResource> = {};
  for (const resource of app.resources) {
    const bound = boundResource(app, resource, site, providers, reach, authority);
    if (bound !== undefined) resources[resource.name] = bound;
  }
  return {
    version: 1,
    app: app.name,
    environment: app.environment,
    site: site.name,
    cloud: site.cloud,
    revision,
    resources,
  };
}

export function boundResource(
  app: App,
  resource: Resource,
  site: Site,
  providers: Providers,
  reach: Reach,
  authority: string,
): BoundResource | undefined {
  const kind = kindOf[resource.type];
  if (kind === undefined) return undefined;
  const home = homeOf(app, resource, site);
  const provider = providers[home.cloud];
  const { cloud, postgresPort } = reach(home.name);
  const given = provider.kinds[kind].localSettings(placeOf(app, resource, home), cloud);
  const settings: Json =
    kind !== "postgres"
      ? given
      : {
          ...(given as { readonly [k: string]: Json }),
          host: "127.0.0.1",
          port: postgresPort ?? 0,
          ...databaseNames(app, resource, home, providers),
          tls: "verify_full",
          authority,
        };
  return { kind, driver: provider.kinds[kind].module, home: home.name, needs: resource.needs, settings };
}
