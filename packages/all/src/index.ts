export * from "@trimaran/local";
export { type Authority, type IssuedCertificate, issueCertificate, makeAuthority } from "@trimaran/local-services/tls";
export { type EntryName, entryPath } from "./entries.ts";
export { localServices } from "./local-services.ts";
export { providers } from "./providers.ts";
