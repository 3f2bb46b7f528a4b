/**
 * Starts a local cloud inside the test's own process, on a temporary folder, under a throwaway certificate authority:
 *
 *   import { startForTest } from "@trimaran/local-services/testing";
 *
 *   const cloud = await startForTest({ cloud: "aws", ensure: [{ kind: "bucket", name: "documents" }] });
 *   t.after(() => cloud.close());
 *   const s3 = new S3Client({
 *     region: cloud.announcement.region,
 *     endpoint: cloud.announcement.endpoints.s3,
 *     forcePathStyle: true,
 *     requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: cloud.announcement.authority }) }),
 *     credentials: fromContainer(cloud)        // or: run with process.env holding cloud.env, and take the default chain
 *   });
 *
 * `env` holds what a child process needs for the SDK's default chain (certificate authority included: NODE_EXTRA_CA_CERTS is
 * read when a process starts, so in the test's own process hand `announcement.authority` to the client's HTTP handler).
 *
 * and ports. With `clock`, a test moves the local cloud's time.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud, LocalCloudAnnouncement, LocalCloudConfig, LocalResource } from "@trimaran/contract";
import { loadCloud } from "../clouds.ts";
import { environmentOf } from "../environment.ts";
import { type ServedCloud, serveLocalCloud } from "../serve.ts";
import { issueCertificate, makeAuthority } from "../tls.ts";

export interface TestCloudOptions {
  readonly cloud: Cloud;
  readonly region?: string;
  readonly ensure?: readonly LocalResource[];
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** 32 bytes in hex; two clouds with the same one accept each other's credentials. */
  readonly rootKey?: string;
  /** Kept when the cloud closes; a folder of its own, which goes, where it is not given. */
  readonly dataFolder?: string;
}

export interface TestCloud {
  readonly announcement: LocalCloudAnnouncement;
  readonly config: LocalCloudConfig;
  /** Path of the authority's PEM. */
  readonly authorityFile: string;
  readonly env: Readonly<Record<string, string>>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

const REGIONS: Readonly<Record<Cloud, string>> = { aws: "us-east-1", azure: "eastus2", gcp: "us-central1" };

let tls: Promise<LocalCloudConfig["tls"]> | undefined;

/** One authority and one certificate for all clouds of a test process. */
async function throwawayTls(): Promise<LocalCloudConfig["tls"]> {
  const authority = await makeAuthority({ name: "Throwaway test authority" });
  const { key, certificate } = await issueCertificate(authority);
  return { key, certificate, authority: authority.certificate };
}

export async function startForTest(options: TestCloudOptions): Promise<TestCloud> {
  const folder = mkdtempSync(join(tmpdir(), `local-${options.cloud}-`));
  const { makeLocalCloud } = await loadCloud(options.cloud);
  const clock = options.clock === undefined ? {} : { now: options.clock };
  const config: LocalCloudConfig = {
    cloud: options.cloud,
    region: options.region ?? REGIONS[options.cloud],
    dataFolder: options.dataFolder ?? join(folder, "data"),
    tls: await (tls ??= throwawayTls()),
    rootKey: options.rootKey ?? randomBytes(32).toString("hex"),
    ensure: options.ensure ?? [],
  };
  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, config.tls.authority);
  let served: ServedCloud = await serveLocalCloud(config, makeLocalCloud, { pid: process.pid, ...clock });
  const { announcement } = served;
  return {
    announcement,
    config,
    authorityFile,
    env: environmentOf(announcement, authorityFile),
    async restart() {
      await served.close();
      served = await serveLocalCloud({ ...config, ports: announcement.ports }, makeLocalCloud, {
        pid: process.pid,
        ...clock,
      });
    },
    async close() {
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
