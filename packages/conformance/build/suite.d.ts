import { type Call, type Driver, type DriverKind } from "@trimaran/contract";
/** What a provider's test hands over to prove a driver. */
export interface Harness<D> {
    /** Says which driver on which implementation: "aws/s3 on moto". */
    readonly name: string;
    /** A driver with `guard` around it. Two calls see the same data. */
    make(): Promise<D>;
    /** A fresh, empty place. Called before each case; drivers made earlier are closed by then. */
    reset(): Promise<void>;
    /** Cases that cannot hold here, by name, each with the reason. A name that no case has is an error. */
    readonly skip?: readonly {
        readonly test: string;
        readonly reason: string;
    }[];
    /** For each case, milliseconds; 60,000 when left out. */
    readonly timeoutMs?: number;
    /** Gets every result, for whoever makes a table of them. */
    readonly report?: (result: CaseResult) => void;
}
export interface CaseContext<D, H> {
    readonly driver: D;
    readonly harness: H;
    /** Aborted when the case's time is up. */
    readonly call: Call;
    /** One more driver over the same data; closed after the case. */
    another(): Promise<D>;
    /** Ends the case as skipped: what it needs is not here. */
    skip(reason: string): never;
}
export interface Case<D, H> {
    readonly name: string;
    /** Runs only where the driver's `can` has it. */
    readonly feature?: string;
    run(c: CaseContext<D, H>): Promise<void>;
}
export interface Suite<D, H extends Harness<D>> {
    readonly kind: DriverKind;
    readonly cases: readonly Case<D, H>[];
}
export type CaseResult = {
    readonly kind: DriverKind;
    readonly harness: string;
    readonly name: string;
    /** "" when the case never got a driver. */
    readonly driver: string;
} & ({
    readonly outcome: "pass";
} | {
    readonly outcome: "fail";
    readonly error: unknown;
} | {
    readonly outcome: "skip";
    readonly reason: string;
});
/** Runs every case, one after the other, without a test runner. Never throws for a failing case. */
export declare function runSuite<D extends Driver<string>, H extends Harness<D>>(suite: Suite<D, H>, harness: H): Promise<readonly CaseResult[]>;
/** Registers every case as a test of node:test, under the harness's name. */
export declare function registerSuite<D extends Driver<string>, H extends Harness<D>>(suite: Suite<D, H>, harness: H): void;
