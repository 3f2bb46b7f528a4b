import {
  type App,
  type BoundResource,
  type PgRole,
  type Placeholder,
  type Resource,
  type Site,
  type Template,
  TrimaranError,
} from "@trimaran/contract";
import { homeOf, type Providers, placeOf } from "./homes.ts";
import type { Keys } from "./state.ts";
import { databaseNames, databasePassword } from "./wanted.ts";

export interface PlaceholderSources {
  readonly app: App;
  readonly site: Site;
  readonly providers: Providers;
  readonly keys: Keys;
  readonly bound: Readonly<Record<string, BoundResource>>;
  /** Path of the authority's PEM file, for clients that verify the database's certificate. */
  readonly authorityFile: string;
  /** Whose rights a database URL carries. */
  readonly role: PgRole;
  /** Values of secrets by resource, read from their stores just now. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The resources whose secret value these templates ask for. */
export function secretsAsked(templates: readonly Template[]): readonly string[] {
  const found = templates.flat().filter((part) => typeof part !== "string");
  return [...new Set(found.flatMap((p) => (p.from === "resource" && p.field === "value" ? [p.resource] : [])))];
}

export function renderTemplate(template: Template, sources: PlaceholderSources): string {
  return template.map((part) => (typeof part === "string" ? part : resolvePlaceholder(part, sources))).join("");
}

function resolvePlaceholder(placeholder: Placeholder, sources: PlaceholderSources): string {
  if (placeholder.from === "site") return sources.site[placeholder.field];
  const resource = sources.app.resources.find((r) => r.name === placeholder.resource);
  const value = resource === undefined ? undefined : resourceField(resource, placeholder.field, sources);
  if (value !== undefined) return value;
  throw new TrimaranError(
    "unsupported",
    `the local clouds have no value for \${resources.${placeholder.resource}.${placeholder.field}}`,
    { hint: "service.env" },
  );
}

function resourceField(resource: Resource, field: string, sources: PlaceholderSources): string | undefined {
  const bound = sources.bound[resource.name];
  if (bound === undefined) return undefined;
  if (bound.kind === "secrets" && field === "value") return sources.secrets[resource.name];
  const home = homeOf(sources.app, resource, sources.site);
  const { kinds } = sources.providers[home.cloud];
  if (bound.kind === "postgres") return databaseFields(resource, home, bound, sources)[field];
  return kinds[bound.kind].fields(placeOf(sources.app, resource, home), bound.settings)[field];
}

function databaseFields(
  resource: Resource,
  home: Site,
  bound: BoundResource,
  sources: PlaceholderSources,
): Readonly<Record<string, string>> {
  const { host, port } = bound.settings as { readonly host: string; readonly port: number };
  const { database, users } = databaseNames(sources.app, resource, home, sources.providers);
  const user = users[sources.role];
  const password = databasePassword(sources.keys, resource, home, sources.role);
  const query = `sslmode=verify-full&sslrootcert=${encodeURIComponent(sources.authorityFile)}`;
  const url = `postgresql://${encodeURIComponent(user)}:${password}@${host}:${port}/${encodeURIComponent(database)}?${query}`;
  return { url, host, port: String(port), user, password, database };
}
