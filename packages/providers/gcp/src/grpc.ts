import { settings as s } from "@trimaran/contract";

/** Settings that every driver over gRPC takes. */
export const connection = {
  project: s.text,
  /** Another address than Google's own. */
  endpoint: s.optional(s.address),
};

/** The parts of an endpoint as Google's gRPC clients take them. */
export function hostOf(endpoint: string): { readonly host: string; readonly port: number; readonly ssl: boolean } {
  const url = new URL(endpoint);
  const ssl = url.protocol === "https:";
  return { host: url.hostname, port: url.port === "" ? (ssl ? 443 : 80) : Number(url.port), ssl };
}
