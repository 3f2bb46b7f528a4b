import { type Command, globalOptions, type Option } from "../command.ts";
import { renderTable } from "./table.ts";

/** `trimaran --help`. */
export function renderHelp(commands: readonly Command[]): string {
  const list = renderTable(
    commands,
    [
      { title: "", cell: (c) => `trimaran ${c.path.join(" ")}` },
      { title: "", cell: (c) => c.summary },
    ],
    "  ",
  ).replace(/^\s*\n/, "");
  return `One app, three clouds: run, split, rehearse and move it.\n\n${list}\nEvery command takes:\n${options(globalOptions)}\n'trimaran COMMAND --help' tells more. Exit statuses: docs/errors.md.\n`;
}

/** `trimaran COMMAND --help`. */
export function renderCommandHelp(command: Command): string {
  const words = (command.positionals ?? []).map((p) => {
    const word = `<${p.name}>${p.many === true ? " ..." : ""}`;
    return p.required === true ? word : `[${word}]`;
  });
  const lines = [`trimaran ${[...command.path, ...words].join(" ")} [options]`, "", `  ${command.summary}`, ""];
  if (command.positionals !== undefined) {
    const rows = command.positionals.map((p) => ({
      name: `<${p.name}>`,
      says: p.oneOf === undefined ? p.description : `${p.description}: ${p.oneOf.join(", ")}`,
    }));
    lines.push(twoColumns(rows));
  }
  lines.push("Options:", options({ ...command.options, ...globalOptions }));
  if (command.examples !== undefined) lines.push("Examples:", ...command.examples.map((e) => `  ${e}`), "");
  return `${lines.join("\n")}`;
}

function options(table: Readonly<Record<string, Option>>): string {
  return twoColumns(
    Object.entries(table).map(([name, o]) => ({
      name: `${o.short === undefined ? "   " : `-${o.short},`} --${name}${o.value === undefined ? "" : ` ${o.value}`}`,
      says: o.description,
    })),
  );
}

function twoColumns(rows: readonly { readonly name: string; readonly says: string }[]): string {
  const wide = Math.max(...rows.map((r) => r.name.length));
  return rows.map((r) => `  ${r.name.padEnd(wide)}  ${r.says}\n`).join("");
}
