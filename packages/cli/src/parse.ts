import { parseArgs } from "node:util";
import { TrimaranError } from "@trimaran/contract";
import { nearest } from "@trimaran/spec/nearest";
import { type Command, globalOptions, type Input } from "./command.ts";

/** Finds the command whose path the words begin with. Throws invalid_argument with the nearest one. */
export function findCommand(words: readonly string[], commands: readonly Command[]): Command {
  const found = commands
    .filter((c) => c.path.every((part, i) => words[i] === part))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (found !== undefined) return found;
  const group = commands.filter((c) => c.path[0] === words[0]).map((c) => c.path.join(" "));
  if (group.length > 0) {
    throw new TrimaranError("invalid_argument", `'${words[0]}' needs one more word`, {
      hint: group.map((p) => `trimaran ${p}`).join(" | "),
    });
  }
  const meant = nearest(words[0] ?? "", [...new Set(commands.map((c) => c.path[0] ?? ""))]);
  throw new TrimaranError("invalid_argument", "there is no such command", {
    hint: meant === undefined ? "trimaran --help" : `trimaran ${meant}`,
  });
}

/** Checks what follows the command's name against its table. Throws invalid_argument. */
export function parseInput(command: Command, args: readonly string[]): Input {
  const options = { ...globalOptions, ...command.options };
  const parsed = tokens(command, args, options);
  const positionals = checkPositionals(command, parsed.positionals.slice(command.path.length));
  const text = (name: string) => (typeof parsed.values[name] === "string" ? parsed.values[name] : undefined);
  return {
    positionals,
    text,
    flag: (name) => parsed.values[name] === true,
    number: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      if (/^\d{1,9}$/.test(value)) return Number(value);
      throw new TrimaranError("invalid_argument", `--${name} takes a whole number`, { hint: `--${name} 10` });
    },
  };
}

function tokens(command: Command, args: readonly string[], options: NonNullable<Command["options"]>) {
  try {
    const config = Object.fromEntries(
      Object.entries(options).map(([name, o]) => [
        name,
        { type: o.type, ...(o.short === undefined ? {} : { short: o.short }) },
      ]),
    );
    return parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
  } catch (e) {
    const bad = /'(-[^' ]+)/.exec(String((e as Error).message))?.[1]?.replace(/^--?/, "");
    const meant = bad === undefined ? undefined : nearest(bad, Object.keys(options));
    throw new TrimaranError("invalid_argument", `'${command.path.join(" ")}' does not take these options`, {
      cause: e,
      hint: meant === undefined ? `trimaran ${command.path.join(" ")} --help` : `--${meant}`,
    });
  }
}

function checkPositionals(command: Command, given: readonly string[]): readonly string[] {
  const wanted = command.positionals ?? [];
  const help = `trimaran ${command.path.join(" ")} --help`;
  const missing = wanted.find((p, i) => p.required === true && given[i] === undefined);
  if (missing !== undefined)
    throw new TrimaranError("invalid_argument", `<${missing.name}> is missing`, {
      hint: command.examples?.[0] ?? help,
    });
  if (given.length > wanted.length && wanted.at(-1)?.many !== true) {
    throw new TrimaranError("invalid_argument", `'${command.path.join(" ")}' takes at most ${wanted.length} words`, {
      hint: help,
    });
  }
  for (const [i, p] of wanted.entries()) {
    const word = given[i];
    if (word === undefined || p.oneOf === undefined || p.oneOf.includes(word)) continue;
    const meant = nearest(word, p.oneOf);
    throw new TrimaranError("invalid_argument", `<${p.name}> is one of ${p.oneOf.join(", ")}`, { hint: meant ?? help });
  }
  return given;
}
