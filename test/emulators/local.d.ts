import type { LocalResource, Provider } from "@trimaran/contract";
import { type TestCloud } from "@trimaran/local-services/testing";
/**
 * Our own local cloud of a provider, with this process set up as an instance at that site is: its credentials by the SDK's default
 * chain, its authority trusted (as NODE_EXTRA_CA_CERTS does when a process starts). To be called before an SDK is loaded.
 */
export declare function startLocalCloud(provider: Provider, ensure: readonly LocalResource[]): Promise<TestCloud>;
/** So many fresh places as a suite has cases. */
export declare const PLACES = 100;
