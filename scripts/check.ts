/** `npm run check`: everything that must hold before a commit, each on its own line. Ends with status 1 when one does not. */
import { execFileSync } from "node:child_process";
import { dependencies } from "./checks/dependencies.ts";
import { floors } from "./checks/floors.ts";
import { houseRules } from "./checks/house-rules.ts";
import { sizes } from "./checks/sizes.ts";

/** Answers with what does not hold, a line each. */
type Check = () => readonly string[];

const program =
  (...command: readonly [string, ...string[]]): Check =>
  () => {
    try {
      execFileSync(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
      return [];
    } catch (e) {
      const { stdout, stderr } = e as { stdout?: string; stderr?: string };
      return `${stdout ?? ""}${stderr ?? ""}`.trim().split("\n");
    }
  };

const checks: readonly (readonly [string, Check])[] = [
  ["types", program("tsc", "-b")],
  ["types of tests and scripts", program("tsc", "-p", "tsconfig.tests.json")],
  ["lint and format", program("biome", "check", ".")],
  ["floors", floors],
  ["file sizes", sizes],
  ["house rules", houseRules],
  ["dependencies", dependencies],
  ["unused code", program("knip", "--no-config-hints")],
  ["generated files", program("node", "scripts/generate.ts", "--check")],
];

let isGood = true;
for (const [name, check] of checks) {
  const problems = check();
  isGood &&= problems.length === 0;
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const problem of problems) console.log(`     ${problem}`);
}
process.exitCode = isGood ? 0 : 1;
