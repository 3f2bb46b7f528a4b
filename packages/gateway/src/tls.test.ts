import assert from "node:assert/strict";
import https from "node:https";
import { test } from "node:test";
import { createAuthority } from "../testing/certificates.ts";
import { ask, configOf, startGateway, startUpstream, until } from "../testing/harness.ts";

test("certificates are always validated: expired, for another host, or of an unknown authority is out", async (t) => {
  const authority = await createAuthority();
  const stranger = await createAuthority();
  const upstreams = {
    good: await startUpstream(t, "good", { tls: await authority.issue() }),
    expired: await startUpstream(t, "expired", { tls: await authority.issue({ expired: true }) }),
    other: await startUpstream(t, "other", { tls: await authority.issue({ host: "other.example.com" }) }),
    unknown: await startUpstream(t, "unknown", { tls: await stranger.issue() }),
  };
  const config = configOf(Object.fromEntries(Object.entries(upstreams).map(([name, one]) => [name, [one]])));
  const sites = config.sites.map((site) => ({
    ...site,
    targets: site.targets.map((target) => ({ ...target, authority: authority.certificate })),
  }));
  const gateway = await startGateway(t, { ...config, sites }, {});
  for (let i = 0; i < 8; i++) {
    const answer = await ask(gateway.url, { headers: { host: "app.example.com" } });
    assert.equal(answer.headers["x-trimaran-site"], "good", "a request is never sent to the others");
  }
  await until("the three are out", async () =>
    (await gateway.control.stats()).sites.slice(1).every((site) => !site.healthy),
  );
  const { sites: seen } = await gateway.control.stats();
  assert.deepEqual(
    seen.map((site) => site.targets[0]!.because),
    [undefined, "certificate", "certificate", "certificate"],
  );
});

test("clients over HTTPS: said to the app, and the session's cookie is for HTTPS only", async (t) => {
  const authority = await createAuthority();
  const tls = await authority.issue();
  const a = await startUpstream(t, "a");
  const gateway = await startGateway(t, { ...configOf({ aws: [a] }), affinity: "session" }, { tls });
  assert.match(gateway.url, /^https:/);
  const agent = new https.Agent({ ca: authority.certificate });
  const answer = await new Promise<{ readonly cookies: readonly string[]; readonly body: string }>(
    (resolve, reject) => {
      https
        .get(gateway.url, { agent }, (res) => {
          let body = "";
          res.on("data", (chunk: Buffer) => (body += chunk.toString()));
          res.on("end", () => resolve({ cookies: res.headers["set-cookie"]!, body }));
        })
        .on("error", reject);
    },
  );
  const { raw } = JSON.parse(answer.body) as { readonly raw: readonly string[] };
  assert.equal(raw[raw.indexOf("x-forwarded-proto") + 1], "https");
  assert.match(answer.cookies.find((cookie) => cookie.startsWith("trimaran="))!, /; Secure$/);
});
