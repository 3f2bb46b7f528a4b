/**
 * A revision carries the entry's expiry beside the service's own mark: so that whoever comes back with it after that time is refused
 * without another request.
 */
export function expiringRevision(mark: string | undefined, expires: number | undefined): string {
  return `${expires ?? ""}|${mark ?? ""}`;
}

/** Undefined for what `expiringRevision` did not give. `expires`: milliseconds since 1970. */
export function expiringRevisionParts(
  revision: string,
): { readonly mark: string; readonly expires: number | undefined } | undefined {
  const [, expires, mark] = /^([0-9]*)\|(.+)$/s.exec(revision) ?? [];
  if (mark === undefined) return undefined;
  return { mark, expires: expires === "" ? undefined : Number(expires) };
}
