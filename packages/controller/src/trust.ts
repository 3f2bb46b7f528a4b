import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issueCertificate, makeAuthority } from "@trimaran/all";
import type { State } from "./state.ts";

export interface Trust {
  /** PEM. */
  readonly authority: string;
  readonly server: { readonly key: string; readonly certificate: string };
  /** Paths of PEM files: our authority alone, and with the system's. */
  readonly authorityFile: string;
  readonly bundleFile: string;
}

const RENEW_BEFORE_MS = 30 * 24 * 3600 * 1000;
/** Debian's own, and what other distributions call it. */
const SYSTEM_BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/** The authority of this state folder and a server certificate for this machine's own addresses, made or renewed where needed. */
export async function readTrust(state: State, now: number): Promise<Trust> {
  const file = (name: string) => join(state.tls, name);
  const read = (name: string) => readFileSync(file(name), "utf8");
  const isGood = (name: string) =>
    existsSync(file(name)) && new X509Certificate(read(name)).validToDate.getTime() - now > RENEW_BEFORE_MS;
  // What is public can be read inside a container, by whatever user it has.
  const write = (name: string, content: string, mode = 0o600) => {
    writeFileSync(`${file(name)}.new`, content, { mode });
    renameSync(`${file(name)}.new`, file(name));
  };
  if (!isGood("authority.pem")) {
    const authority = await makeAuthority({ now });
    write("authority.key", authority.key);
    write("authority.pem", authority.certificate, 0o644);
    write("server.pem", "");
  }
  const authority = { key: read("authority.key"), certificate: read("authority.pem") };
  if (!existsSync(file("server.pem")) || read("server.pem") === "" || !isGood("server.pem")) {
    const server = await issueCertificate(authority, undefined, { now });
    write("server.key", server.key);
    write("server.pem", server.certificate);
  }
  const system = SYSTEM_BUNDLES.find((path) => existsSync(path));
  write("bundle.pem", `${system === undefined ? "" : readFileSync(system, "utf8")}\n${authority.certificate}`, 0o644);
  return {
    authority: authority.certificate,
    server: { key: read("server.key"), certificate: read("server.pem") },
    authorityFile: file("authority.pem"),
    bundleFile: file("bundle.pem"),
  };
}
