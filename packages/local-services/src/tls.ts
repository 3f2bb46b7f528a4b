/** A certificate authority of one's own, for services on this machine. EC P-256; everything is PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The names under which a service on this machine is reached. Many clients refuse a wildcard with one dot,
 * so buckets in host names go below s3.localhost.
 */
export const LOCAL_HOSTS = ["127.0.0.1", "::1", "localhost", "*.localhost", "*.s3.localhost"] as const;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 3600 * 1000;
/** Clocks that go a little wrong must not meet a certificate that is not valid yet. */
const BACKDATE_MS = 3600 * 1000;

/** Makes an authority that is valid for 10 years from `now` (ms since 1970). */
export async function makeAuthority(
  options: { readonly now?: number; readonly name?: string } = {},
): Promise<Authority> {
  const { now = Date.now(), name = "Trimaran local authority" } = options;
  const x509 = await load();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + 3650 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await privatePem(keys.privateKey) };
}

/** A server certificate for these host names and addresses, valid for one year from `now`. */
export async function issueCertificate(
  authority: Authority,
  hosts: readonly string[] = LOCAL_HOSTS,
  options: { readonly now?: number } = {},
): Promise<IssuedCertificate> {
  const { now = Date.now() } = options;
  const x509 = await load();
  const issuer = new x509.X509Certificate(authority.certificate);
  const pem = x509.PemConverter.decodeFirst(authority.key);
  const signingKey = await crypto.subtle.importKey("pkcs8", pem, ALGORITHM, false, ["sign"]);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const names = hosts.map((host) => ({ type: isAddress(host) ? ("ip" as const) : ("dns" as const), value: host }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${hosts[0] ?? "localhost"}`,
    issuer: issuer.subject,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + 365 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await privatePem(keys.privateKey) };
}

/** Loaded only by who makes certificates; its dependency injection wants the Reflect polyfill first. */
async function load(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(crypto);
  return x509;
}

async function privatePem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  const lines = der.toString("base64").match(/.{1,64}/g)!;
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
}

/** 16 random bytes, positive: RFC 5280 section 4.1.2.2. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}
