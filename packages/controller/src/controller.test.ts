import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ControllerEvent, SiteState, TrimaranError } from "@trimaran/contract";
import { connectControl, isRunning } from "./client.ts";
import { purgeState } from "./purge.ts";
import { readRunFile, runFilePath } from "./run-file.ts";
import { type Controller, startController } from "./start.ts";
import { ask, startLoad, type TinyApp, tinyApp, until } from "./testing/tiny-app.ts";

async function up(
  t: TestContext,
  tiny: TinyApp,
  more: { readonly onEvent?: (e: ControllerEvent) => void; readonly port?: number | undefined } = {},
): Promise<Controller> {
  const { port = 0, ...rest } = more;
  const controller = await startController({
    ...tiny,
    ...rest,
    ...("port" in more && more.port === undefined ? {} : { port }),
  });
  t.after(() => controller.stop());
  return controller;
}

const siteOf = (controller: Controller, name: string) => controller.status().sites.find((s) => s.name === name)!;
const isState = (controller: Controller, name: string, state: SiteState) => () =>
  siteOf(controller, name).state === state;
const isGone = (pid: number) => !existsSync(`/proc/${pid}/stat`);

test("an app on three clouds, with everything that was promised to it, and again with its data", async (t) => {
  const tiny = tinyApp(t);
  const events: ControllerEvent[] = [];
  const controller = await up(t, tiny, { onEvent: (e) => events.push(e) });
  const { url } = controller;

  await t.test("each site is healthy, and the weights hold exactly", async () => {
    assert.deepEqual(
      controller.status().sites.map((s) => s.state),
      ["healthy", "healthy", "healthy"],
    );
    const counts = new Map<string, number>();
    for (let i = 0; i < 20; i++) {
      const { site } = await ask(url, "/whoami");
      counts.set(site, (counts.get(site) ?? 0) + 1);
    }
    assert.deepEqual([...counts].sort(), [
      ["aws", 10],
      ["azure", 10],
    ]);
  });

  await t.test(
    "an instance has its site, binding and placeholders, and nothing of the user's own credentials",
    async () => {
      const env = JSON.parse((await ask(url, "/env")).body) as Record<string, string>;
      assert.match(
        env["DATABASE_URL"]!,
        /^postgresql:\/\/records-app:[\w-]{43}@127\.0\.0\.1:\d+\/tiny-records-aws\?sslmode=verify-full&sslrootcert=/,
      );
      assert.equal(env["WHERE"], env["TRIMARAN_SITE"]);
      assert.ok(env["KEY"]!.length >= 32);
      assert.equal(existsSync(env["NODE_EXTRA_CA_CERTS"]!), true);
      assert.equal(env["TRIMARAN_TEST_LEAK"], undefined);
      const binding = JSON.parse((await ask(url, "/binding")).body) as {
        resources: Record<string, { driver: string; home: string }>;
      };
      assert.deepEqual(Object.keys(binding.resources), ["records", "documents", "sessions", "signing"]);
      assert.equal(binding.resources["records"]!.home, "aws");
      assert.equal(binding.resources["documents"]!.driver, "@trimaran/aws/objects");
      assert.equal(JSON.stringify(binding).includes(env["KEY"]!), false);
    },
  );

  await t.test("it runs from the release, which cannot be changed", async () => {
    const { cwd } = JSON.parse((await ask(url, "/whoami")).body) as { cwd: string };
    assert.equal(cwd, join(tiny.folder, ".trimaran/releases", controller.status().release!.digest));
    assert.equal(statSync(join(cwd, "server.mjs")).mode & 0o222, 0);
  });

  await t.test("state is the owner's alone, and out of version control", () => {
    assert.equal(statSync(tiny.stateFolder).mode & 0o777, 0o700);
    assert.equal(readFileSync(join(tiny.folder, ".trimaran/.gitignore"), "utf8"), "*\n");
    const run = readRunFile(runFilePath(tiny.stateFolder))!;
    assert.equal(statSync(run.socket).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(run.socket)).mode & 0o777, 0o700);
    for (const log of ["aws/aws-1.log", "aws/aws-postgres.log", "gcp/gcp-cloud.log"])
      assert.ok(existsSync(join(tiny.stateFolder, "logs", log)), log);
  });

  await t.test("the control socket tells and takes what the controller does", async () => {
    const control = connectControl(tiny.stateFolder);
    assert.equal((await control.status()).pid, process.pid);
    const report = await control.setTraffic({ weights: { aws: 3, azure: 1 } });
    assert.deepEqual(
      report.sites.map((s) => s.planned),
      [0.75, 0.25, 0],
    );
    for (let i = 0; i < 8; i++) await ask(url, "/whoami");
    await until("the counts are there", async () => (await control.traffic()).sites[0]!.assigned >= 6);
    assert.deepEqual(
      (await control.traffic()).sites.map((s) => s.assigned),
      [6, 2, 0],
    );
    await assert.rejects(control.setTraffic({ weights: { mars: 1 } }), {
      code: "not_found",
      hint: "one of: aws, azure, gcp",
    });
    await assert.rejects(control.setTraffic({ weights: { aws: 0, azure: 0 } }), { code: "invalid_argument" });
    await assert.rejects(control.setTraffic({ weights: { aws: -1 } }), { code: "invalid_argument" });
    await assert.rejects(control.chaos({ action: "kill", site: "mars" }), { code: "not_found" });
    await control.setTraffic({ weights: { aws: 50, azure: 50 } });
  });

  await t.test("a second controller on the same folder is told who runs it", async () => {
    await assert.rejects(
      startController({ ...tiny, port: 0 }),
      (e: TrimaranError) => e.code === "lease_held" && e.message.includes(`process ${process.pid}`),
    );
    await assert.rejects(purgeState(tiny.stateFolder), { code: "lease_held" });
  });

  await t.test("an instance that dies is started again", async () => {
    const before = siteOf(controller, "azure").instances[0]!;
    process.kill(before.pid!, "SIGKILL");
    await until("another one runs", () => {
      const now = siteOf(controller, "azure").instances[0]!;
      return now.state === "healthy" && now.pid !== before.pid && now.restarts === 1;
    });
  });

  await controller.stop();
  await controller.done;
  assert.equal(isRunning(tiny.stateFolder), false);
  await assert.rejects(connectControl(tiny.stateFolder).status(), { code: "not_found", hint: "trimaran up" });
  assert.deepEqual(readdirSync(join(tiny.stateFolder, "processes")), []);
  assert.equal(events[0]?.type, "started");
  assert.equal(events.at(-1)?.type, "stopped");

  const again = await up(t, tiny, { port: undefined });
  assert.equal(readFileSync(join(tiny.folder, ".trimaran/migrations.txt"), "utf8"), "aws\n", "migrated once a release");
  assert.equal(again.url, url, "the same address");
  await again.stop();
  await again.done;
  await purgeState(tiny.stateFolder);
  assert.equal(existsSync(tiny.stateFolder), false);
});

test("chaos: a killed, hung or cut off site costs no GET, and heals", async (t) => {
  const controller = await up(t, tinyApp(t));
  const { url } = controller;
  for (const action of ["kill", "pause", "partition"] as const) {
    await t.test(action, async () => {
      const load = startLoad(url);
      await until("both sites answer", () => (load.sites.get("aws") ?? 0) > 5 && (load.sites.get("azure") ?? 0) > 5);
      const pids = [siteOf(controller, "azure").instances[0]!.pid!, siteOf(controller, "azure").services[0]!.pid!];
      await controller.chaos({ action, site: "azure" });
      assert.deepEqual(siteOf(controller, "azure").chaos, [action]);
      if (action === "kill") {
        assert.equal(siteOf(controller, "azure").state, "down");
        await until("all is gone", () => pids.every(isGone));
      } else await until("it is seen", isState(controller, "azure", "unhealthy"));
      const before = load.sites.get("aws") ?? 0;
      await until("the other one carries on", () => (load.sites.get("aws") ?? 0) > before + 50);
      await controller.chaos({ action: "heal", site: "azure" });
      await until("it is healthy", isState(controller, "azure", "healthy"));
      const back = load.sites.get("azure") ?? 0;
      await until("it has traffic", () => (load.sites.get("azure") ?? 0) > back + 5);
      const { asked, failures } = await load.stop();
      assert.deepEqual(failures, [], `of ${asked}`);
    });
  }

  await t.test("kill of the services alone leaves the instances, and the site is degraded", async () => {
    await controller.chaos({ action: "kill", site: "aws", only: "services" });
    const { state, because, services, instances } = siteOf(controller, "aws");
    assert.equal(state, "degraded");
    assert.match(because!, /postgres/);
    assert.ok(services.every((s) => s.state === "down" && s.pid === null));
    assert.equal(instances[0]!.state, "healthy");
    await controller.chaos({ action: "heal", site: "aws" });
    await until("it is healthy", isState(controller, "aws", "healthy"));
  });
});

test("after SIGKILL of the controller the next one ends the orphans and takes over", async (t) => {
  const tiny = tinyApp(t, (spec) => spec);
  const program = fileURLToPath(new URL("./testing/run-controller.ts", import.meta.url));
  const child = spawn(process.execPath, [program, tiny.folder], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const status = await connectControl(tiny.stateFolder).status();
  const pids = status.sites.flatMap((s) => [...s.instances.map((i) => i.pid!), ...s.services.map((v) => v.pid!)]);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
  assert.ok(
    pids.some((pid) => !isGone(pid)),
    "there are orphans",
  );
  assert.equal(isRunning(tiny.stateFolder), false);

  const events: ControllerEvent[] = [];
  const controller = await up(t, tiny, { onEvent: (e) => events.push(e) });
  assert.ok(events.some((e) => e.type === "phase" && e.says.includes("left behind")));
  assert.deepEqual(
    pids.filter((pid) => !isGone(pid)),
    [],
  );
  assert.deepEqual(
    controller.status().sites.map((s) => s.state),
    ["healthy", "healthy", "healthy"],
  );
});

test("what stops a start is named, and nothing is left running", async (t) => {
  const rejection = async (tiny: TinyApp, more: { readonly signal?: AbortSignal; readonly port?: number } = {}) => {
    const error = await startController({ ...tiny, port: 0, ...more }).then(
      () => assert.fail("it started"),
      (e: unknown) => e as TrimaranError,
    );
    assert.equal(isRunning(tiny.stateFolder), false);
    assert.deepEqual(readdirSync(join(tiny.stateFolder, "processes")), []);
    return error;
  };

  await t.test("a migration that fails, with its log", async () => {
    const tiny = tinyApp(t, (spec) =>
      spec.replace("node migrate.mjs", "node -e 'console.error(1234567); process.exit(3)'"),
    );
    const error = await rejection(tiny);
    assert.equal(error.code, "unavailable");
    const log = /look into (.*migrate\.log)/.exec(error.hint ?? "")?.[1];
    assert.match(readFileSync(log ?? "", "utf8"), /1234567/);
  });

  await t.test("Ctrl-C in the middle", async () => {
    const error = await rejection(tinyApp(t), { signal: AbortSignal.timeout(700) });
    assert.equal(error.code, "canceled");
  });

  await t.test("a taken port, by its number", async () => {
    const { createServer } = await import("node:net");
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    t.after(() => holder.close());
    const { port } = holder.address() as { port: number };
    const error = await rejection(tinyApp(t), { port });
    assert.equal(error.code, "already_exists");
    assert.match(error.message, new RegExp(`port ${port}`));
  });

  await t.test("another version of PostgreSQL, before anything is made", async () => {
    const tiny = tinyApp(t, (spec) => spec.replace("{ type: postgres }", "{ type: postgres, version: 16 }"));
    await assert.rejects(startController({ ...tiny, port: 0 }), {
      code: "unsupported",
      hint: "resources.records.version: 15",
    });
    assert.equal(existsSync(tiny.stateFolder), false);
  });
});

test("a new release migrates again", async (t) => {
  const tiny = tinyApp(t);
  const first = await up(t, tiny);
  const digest = first.status().release!.digest;
  await first.stop();
  await first.done;
  writeFileSync(join(tiny.folder, "more.txt"), "more");
  const second = await up(t, tiny);
  assert.notEqual(second.status().release!.digest, digest);
  assert.equal(readFileSync(join(tiny.folder, ".trimaran/migrations.txt"), "utf8"), "aws\naws\n");
  await second.stop();
  await second.done;
});
