/** A real PostgreSQL for tests: its own folder, its own port on 127.0.0.1, TLS, gone after `stop`. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { chmod, chown, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { postgresBinaries, runAs } from "./postgres-binaries.js";
const testdata = join(import.meta.dirname, "testdata");
const host = "127.0.0.1";
/** Only for tests: crashes of the machine do not matter to them. */
const settings = ["fsync=off", "ssl=on", "wal_level=logical"];
/** Starts one; takes about two seconds. Runs as `nobody` where the tests run as root, since Postgres refuses root. */
export async function startTestPostgres() {
    const bin = await postgresBinaries();
    const folder = await mkdtemp(join(tmpdir(), "trimaran-postgres-"));
    const data = join(folder, "data");
    const password = secretText();
    const [ca, otherCa] = await Promise.all(["authority.pem", "other-authority.pem"].map((f) => readFile(join(testdata, f), "utf8")));
    await writeFile(join(folder, "password"), password);
    for (const file of ["server.pem", "server.key"]) {
        await copyFile(join(testdata, file), join(folder, file));
        await chmod(join(folder, file), 0o600);
    }
    for (const path of [folder, ...["password", "server.pem", "server.key"].map((f) => join(folder, f))]) {
        if (runAs.uid !== undefined)
            await chown(path, runAs.uid, runAs.gid ?? runAs.uid);
    }
    const initdb = ["-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", join(folder, "password")];
    await finished(spawn(join(bin, "initdb"), [...initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], child(folder)));
    let port = 0;
    let server;
    const start = async () => {
        const place = ["-D", data, "-h", host, "-p", String(port), "-k", folder];
        const tls = [`ssl_cert_file=${join(folder, "server.pem")}`, `ssl_key_file=${join(folder, "server.key")}`];
        const flags = [...settings, ...tls].flatMap((setting) => ["-c", setting]);
        const started = spawn(join(bin, "postgres"), [...place, ...flags], child(folder));
        server = started;
        await answering(() => admin("select 1"), started);
    };
    const admin = async (sql, database = "postgres") => {
        const client = new pg.Client({ host, port, user: "postgres", password, database, ssl: { ca } });
        client.on("error", () => { }); // The query that is under way rejects with it.
        await client.connect();
        try {
            return await client.query(sql);
        }
        finally {
            await client.end();
        }
    };
    const leave = () => {
        server?.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
    };
    process.once("exit", leave);
    for (let tries = 1; server === undefined; tries++) {
        port = await freePort();
        await start().catch((e) => {
            server = undefined;
            if (tries === 3)
                throw e;
        });
    }
    let made = 0;
    return {
        host,
        port,
        ca: ca ?? "",
        otherCa: otherCa ?? "",
        admin,
        async freshDatabase() {
            const database = `app_${process.pid}_${++made}`;
            const user = (role) => ({ user: `${database}_${role}`, password: secretText() });
            const users = { owner: user("owner"), app: user("app"), read: user("read") };
            for (const one of Object.values(users))
                await admin(`create role ${one.user} login password '${one.password}'`);
            await admin(`create database ${database} owner ${users.owner.user}`);
            await admin(grants(database, users.owner.user, users.app.user, users.read.user), database);
            return { host, port, database, ca: ca ?? "", users };
        },
        async crash() {
            const gone = exited(server);
            server?.kill("SIGQUIT"); // Immediate shutdown: connections break, the next start recovers.
            await gone;
            await start();
        },
        async stop() {
            const gone = exited(server);
            server?.kill("SIGINT");
            await gone;
            process.off("exit", leave);
            await rm(folder, { recursive: true, force: true });
        },
    };
}
/** What the roles mean: the owner's tables are the app's to read and write and the reader's to read, also tables to come. */
function grants(database, owner, app, read) {
    return `
    revoke all on database ${database} from public;
    grant connect, temporary on database ${database} to ${app};
    grant connect on database ${database} to ${read};
    alter schema public owner to ${owner};
    revoke create on schema public from public;
    grant usage on schema public to ${app}, ${read};
    alter default privileges for role ${owner} grant usage on schemas to ${app}, ${read};
    alter default privileges for role ${owner} grant select, insert, update, delete on tables to ${app};
    alter default privileges for role ${owner} grant usage, select, update on sequences to ${app};
    alter default privileges for role ${owner} grant select on tables to ${read};
    alter default privileges for role ${owner} grant select on sequences to ${read};`;
}
function child(cwd) {
    const env = { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", TZ: "UTC" };
    return { ...runAs, cwd, env, stdio: ["ignore", "ignore", "pipe"] };
}
function exited(process) {
    if (process === undefined || process.exitCode !== null || process.signalCode !== null)
        return Promise.resolve();
    return new Promise((resolve) => process.once("exit", () => resolve()));
}
async function finished(process) {
    let said = "";
    process.stderr?.on("data", (part) => {
        said += part;
    });
    await new Promise((resolve, reject) => {
        process.once("error", reject);
        process.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}: ${said}`))));
    });
}
/** Asks until the server answers; throws what it said when it ends before, or after 30 s. */
async function answering(ask, server) {
    let said = "";
    let isDead = false;
    server.stderr?.on("data", (part) => {
        said = (said + part).slice(-4000);
    });
    server.once("exit", () => {
        isDead = true;
    });
    server.once("error", (e) => {
        said += e.message;
        isDead = true;
    });
    const end = performance.now() + 30_000;
    for (;;) {
        try {
            await ask();
            return;
        }
        catch (e) {
            if (isDead || performance.now() > end)
                throw new Error(`postgres does not answer: ${said}`, { cause: e });
            await sleep(50);
        }
    }
}
function freePort() {
    return new Promise((resolve, reject) => {
        const probe = createServer();
        probe.once("error", reject);
        probe.listen(0, host, () => {
            const address = probe.address();
            probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
        });
    });
}
function secretText() {
    return randomBytes(18).toString("base64url");
}
