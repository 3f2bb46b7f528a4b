import { POSTGRES_MAJOR } from "@trimaran/all";
import { type App, TrimaranError } from "@trimaran/contract";
import { homeOf, kindOf, type Providers } from "./homes.ts";

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
