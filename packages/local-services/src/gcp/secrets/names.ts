import { ApiFault } from "../faults.ts";
import { projectId, projectNumber } from "../project.ts";

/** `projects/P`. PERMISSION_DENIED for another project. */
export function demandProject(parent: string | undefined): void {
  const project = /^projects\/([^/]+)$/.exec(parent ?? "")?.[1];
  if (project === undefined)
    throw new ApiFault("INVALID_ARGUMENT", `The provided resource name ${parent ?? ""} is invalid.`);
  if (project === projectId || project === projectNumber) return;
  throw new ApiFault("PERMISSION_DENIED", `Permission denied on resource project ${project}.`);
}

export function secretName(id: string): string {
  return `projects/${projectNumber}/secrets/${id}`;
}

export function versionName(id: string, version: number): string {
  return `${secretName(id)}/versions/${version}`;
}

/** The id in `projects/P/secrets/ID`. */
export function readSecretName(name: string | undefined): string {
  const match = /^(projects\/[^/]+)\/secrets\/([^/]+)$/.exec(name ?? "");
  if (match === null) throw new ApiFault("INVALID_ARGUMENT", `The provided resource name ${name ?? ""} is invalid.`);
  demandProject(match[1]);
  return match[2] ?? "";
}

/** The parts of `projects/P/secrets/ID/versions/V`; V is a number, "latest" or an alias. */
export function readVersionName(name: string | undefined): { readonly id: string; readonly version: string } {
  const match = /^(.+)\/versions\/([^/]+)$/.exec(name ?? "");
  if (match === null) throw new ApiFault("INVALID_ARGUMENT", `The provided resource name ${name ?? ""} is invalid.`);
  return { id: readSecretName(match[1]), version: match[2] ?? "" };
}

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create */
export function demandSecretId(id: string | undefined): string {
  if (id !== undefined && /^[A-Za-z0-9_-]{1,255}$/.test(id)) return id;
  throw new ApiFault("INVALID_ARGUMENT", "The provided Secret ID does not match the expected format [[a-zA-Z_0-9]+].");
}
