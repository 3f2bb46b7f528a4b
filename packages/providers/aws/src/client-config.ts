import { Agent as HttpAgent } from "node:http";
import { Agent } from "node:https";
import { settings as s } from "@trimaran/contract";

/** Settings that every AWS driver takes. */
export const connection = {
  region: s.text,
  /** Another address than AWS's own for the region. */
  endpoint: s.optional(s.address),
  /** PEM of the authority to trust instead of the system's. */
  authority: s.optional(s.text),
};

/** What is the same for every AWS client: address, a bounded number of attempts, and time limits. */
export function clientConfig(of: {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly authority: string | undefined;
}) {
  return {
    region: of.region,
    ...(of.endpoint === undefined ? {} : { endpoint: of.endpoint }),
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 3000,
      // Without a byte for so long, the connection is given up.
      socketTimeout: 10_000,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 50 }),
      // An agent of our own, and not its options: the handler makes a bare one for `Expect: 100-continue` otherwise.
      httpsAgent: new Agent({
        keepAlive: true,
        maxSockets: 50,
        ...(of.authority === undefined ? {} : { ca: of.authority }),
      }),
    },
  };
}
