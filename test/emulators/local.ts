import tls from "node:tls";
import type { LocalResource, Provider } from "@trimaran/contract";
import { startForTest, type TestCloud } from "@trimaran/local-services/testing";

export interface LocalTestCloud extends TestCloud {
  /** Sets the clock of the services so many milliseconds from this machine's. */
  skew(ms: number): void;
}

/**
 * Our own local cloud of a provider, with this process set up as an instance at that site is: its credentials by the SDK's default
 * chain, its authority trusted (as NODE_EXTRA_CA_CERTS does when a process starts). To be called before an SDK is loaded.
 */
export async function startLocalCloud(provider: Provider, ensure: readonly LocalResource[]): Promise<LocalTestCloud> {
  // Read when gRPC is loaded, which the local cloud does as well: it must trust what Node trusts.
  process.env["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = "";
  let skewMs = 0;
  const cloud = await startForTest({ cloud: provider.id, ensure, clock: () => Date.now() + skewMs });
  const { announcement } = cloud;
  Object.assign(process.env, provider.localEnvironment(announcement, announcement.region));
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), announcement.authority]);
  return {
    ...cloud,
    skew(ms) {
      skewMs = ms;
    },
  };
}

/** So many fresh places as a suite has cases. */
export const PLACES = 100;
