import type { PgRole, PostgresDriver } from "@trimaran/contract";
import { type Harness, type Suite } from "../suite.ts";
export interface PostgresHarness extends Harness<PostgresDriver> {
    /** Gives the role's user another password at the service, as a rotation does. Left out where passwords are tokens. */
    readonly rotate?: (role: PgRole) => Promise<void>;
}
export declare const postgres: Suite<PostgresDriver, PostgresHarness>;
/** Registers the suite for drivers of kind `postgres` with node:test. Every role must exist as a provider makes it. */
export declare function postgresSuite(harness: PostgresHarness): void;
