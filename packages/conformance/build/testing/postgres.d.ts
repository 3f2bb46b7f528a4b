import pg from "pg";
export type TestRole = "owner" | "app" | "read";
export interface TestDatabase {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    /** PEM of the authority that signed the server's certificate. */
    readonly ca: string;
    readonly users: Readonly<Record<TestRole, {
        readonly user: string;
        readonly password: string;
    }>>;
}
export interface TestPostgres {
    readonly host: string;
    readonly port: number;
    readonly ca: string;
    /** Another authority's PEM, which a client that checks must refuse. */
    readonly otherCa: string;
    /** A new, empty database with its three users, as a provider makes it. */
    freshDatabase(): Promise<TestDatabase>;
    /** Statements as the superuser, in the database `postgres` unless another is named. */
    admin(sql: string, database?: string): Promise<pg.QueryResult>;
    /** Ends the server as a crash does, and starts it again on the same port. */
    crash(): Promise<void>;
    stop(): Promise<void>;
}
/** Starts one; takes about two seconds. Runs as `nobody` where the tests run as root, since Postgres refuses root. */
export declare function startTestPostgres(): Promise<TestPostgres>;
