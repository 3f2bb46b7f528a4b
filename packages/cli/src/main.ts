import { codeOf, codes } from "@trimaran/contract";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";
import { type Io, processIo } from "./io.ts";
import { version } from "./version.ts";

/** Runs one command line and answers with the exit status; the launcher sets it. */
export async function main(args: readonly string[], io: Io = processIo()): Promise<number> {
  const words = args.filter((a) => !a.startsWith("-"));
  if (args[0] === "--version") {
    io.out(`${version}\n`);
    return 0;
  }
  let command: Command | undefined;
  try {
    if (words.length === 0 || words[0] === "help") {
      const { renderHelp } = await import("./render/help.ts");
      io.out(renderHelp(commands));
      return words.length === 0 && !args.includes("--help") && !args.includes("-h") ? codes.invalid_argument.exit : 0;
    }
    const { findCommand, parseInput } = await import("./parse.ts");
    command = findCommand(leadingWords(args), commands);
    if (args.includes("--help") || args.includes("-h")) {
      const { renderCommandHelp } = await import("./render/help.ts");
      io.out(renderCommandHelp(command));
      return 0;
    }
    const input = parseInput(command, args);
    const { run } = await command.load();
    return await run(input, io);
  } catch (e) {
    const { renderError, errorReport } = await import("./render/error.ts");
    if (args.includes("--json")) io.out(`${JSON.stringify(errorReport(e))}\n`);
    else io.err(renderError(e, { verbose: args.includes("--verbose"), hasColor: io.hasColor }));
    return codes[codeOf(e)].exit;
  }
}

/** The words before the first option: the command's name stands first. */
function leadingWords(args: readonly string[]): readonly string[] {
  const end = args.findIndex((a) => a.startsWith("-"));
  return end === 0 ? args.filter((a) => !a.startsWith("-")) : end === -1 ? args : args.slice(0, end);
}
