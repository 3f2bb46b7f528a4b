/** Where this instance runs, as Trimaran tells it. */
export interface Identity {
  readonly site: string;
  readonly cloud: string;
  readonly region: string;
  readonly revision: string;
}

export function readIdentity(env: Readonly<Record<string, string | undefined>>): Identity {
  return {
    site: env["TRIMARAN_SITE"] ?? "none",
    cloud: env["TRIMARAN_CLOUD"] ?? "none",
    region: env["TRIMARAN_REGION"] ?? "none",
    revision: env["TRIMARAN_REVISION"] ?? "none",
  };
}
