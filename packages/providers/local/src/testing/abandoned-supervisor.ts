/** Started by a test and then killed: supervises two processes, one of which writes all the time, and says when they run. */
import { join } from "node:path";
import { supervise } from "../process/supervisor.ts";
import { testHost, until } from "./world.ts";

const [folder, mark] = process.argv.slice(2) as [string, string];
const scripts = { talker: "while :; do echo line; sleep 0.02; done", sleeper: "sleep 60 & sleep 60" };
const running = Object.entries(scripts).map(([name, script]) =>
  supervise({
    name,
    mark: `${mark}/${name}`,
    host: testHost,
    logPath: join(folder, "logs", `${name}.log`),
    recordFolder: join(folder, "processes"),
    launch: () => ({ command: "/bin/sh", args: ["-c", script], env: { PATH: process.env["PATH"] ?? "" }, cwd: "/" }),
  }),
);
await Promise.all(running.map((one) => one.start()));
await until("both run", () => running.every((one) => one.pid() !== null));
console.log("running");
setTimeout(() => process.exit(1), 60_000);
