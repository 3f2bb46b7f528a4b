import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { issueCertificate, makeAuthority } from "./tls.ts";

test("a certificate is trusted by who trusts its authority, for the local names only", async (t) => {
  const authority = await makeAuthority();
  const leaf = await issueCertificate(authority);
  const ca = new X509Certificate(authority.certificate);
  const cert = new X509Certificate(leaf.certificate);
  assert.ok(ca.ca && cert.checkIssued(ca) && cert.verify(ca.publicKey));
  assert.equal(cert.checkIP("127.0.0.1"), "127.0.0.1");
  assert.ok(cert.checkIP("::1") !== undefined && cert.checkHost("bucket.s3.localhost") !== undefined);
  assert.equal(cert.checkHost("example.com"), undefined);
  const years = (c: X509Certificate) => Math.round((c.validToDate.getTime() - Date.now()) / (365 * 24 * 3600 * 1000));
  assert.deepEqual([years(ca), years(cert)], [10, 1]);

  const server = createServer({ key: leaf.key, cert: leaf.certificate }, (_request, response) => response.end("ok"));
  server.listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const status = (trusted: string | undefined) =>
    new Promise<number | string>((resolve) => {
      const options = { port, host: "127.0.0.1", agent: false, ...(trusted === undefined ? {} : { ca: trusted }) };
      get(options, (response) => {
        response.resume();
        resolve(response.statusCode!);
      }).on("error", (e: NodeJS.ErrnoException) => resolve(e.code ?? e.message));
    });
  assert.equal(await status(authority.certificate), 200);
  assert.equal(await status(undefined), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  assert.notEqual(await status((await makeAuthority()).certificate), 200);
});
