/** What other packages use of the local clouds: serving one in this process, and certificates for services on this machine. */
export { loadCloud } from "./clouds.ts";
export { environmentOf } from "./environment.ts";
export { type ServedCloud, type ServeOptions, serveLocalCloud } from "./serve.ts";
export { type Authority, type IssuedCertificate, issueCertificate, LOCAL_HOSTS, makeAuthority } from "./tls.ts";
