import {
  type App,
  type Cloud,
  type DriverKind,
  type Provider,
  type Resource,
  type ResourcePlace,
  type ResourceType,
  type Site,
  TrimaranError,
} from "@trimaran/contract";

export type Providers = Readonly<Record<Cloud, Provider>>;
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
