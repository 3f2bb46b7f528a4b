/** `nobody` where the tests run as root: Postgres refuses root. */
export declare const runAs: {
    readonly uid?: number;
    readonly gid?: number;
};
/** The folder `native` of the npm package with the binaries for this machine, or undefined where there is none. */
export declare function findPostgres(): string | undefined;
/** The folder with `initdb` and `postgres`, runnable by the user that they will run as: a copy, once a machine, where they are not. */
export declare function postgresBinaries(): Promise<string>;
