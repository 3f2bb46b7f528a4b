import "reflect-metadata"; // for the container of parts inside x509
import * as x509 from "@peculiar/x509";

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(options?: {
    readonly expired?: boolean;
    readonly host?: string;
  }): Promise<{ readonly key: string; readonly certificate: string }>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;

async function newKeys() {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  const der = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { keys, pem: x509.PemConverter.encode(der, "PRIVATE KEY") };
}

/** An authority that nobody else trusts, and certificates for servers on this machine. */
export async function createAuthority(): Promise<Authority> {
  const { keys } = await newKeys();
  const now = Date.now();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Trimaran test authority",
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - 10 * DAY),
    notAfter: new Date(now + 10 * DAY),
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    certificate: root.toString("pem"),
    async issue({ expired = false, host = "127.0.0.1" } = {}) {
      const own = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${host}`,
        issuer: root.subject,
        publicKey: own.keys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        notBefore: new Date(now - 5 * DAY),
        notAfter: new Date(now + (expired ? -DAY : DAY)),
        extensions: [
          new x509.SubjectAlternativeNameExtension([{ type: /^[\d.]+$/.test(host) ? "ip" : "dns", value: host }]),
        ],
      });
      return { key: own.pem, certificate: certificate.toString("pem") };
    },
  };
}
