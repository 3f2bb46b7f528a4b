import { mistakeFinding } from "../issues.ts";
import { nameMistake } from "../names.ts";
import { quote } from "../problem.ts";
import { entriesAt, valueAt } from "../tree.ts";
import type { Check } from "./reporter.ts";

/** The names that the user gives, and the variables' names. */
export const checkNames: Check = (tree) => {
  const app = valueAt(tree, ["app"]);
  const appMistake = typeof app === "string" ? nameMistake("app", app) : undefined;
  const maps = [
    ["resource", "resources"],
    ["site", "sites"],
    ["environment", "environments"],
  ] as const;
  return [
    ...(appMistake === undefined ? [] : [mistakeFinding(["app"], appMistake)]),
    ...maps.flatMap(([kind, key]) =>
      entriesAt(tree, [key]).flatMap(([name]) => {
        const mistake = kind === "environment" && name === "default" ? reserved : nameMistake(kind, name);
        return mistake === undefined ? [] : [mistakeFinding([key, name], mistake, true)];
      }),
    ),
    ...entriesAt(tree, ["service", "env"]).flatMap(([name]) => variable(name)),
  ];
};

const reserved = {
  code: "bad-name",
  says: 'has the name "default", which is what the file is called without an overlay',
  hint: "Choose another name, such as dev",
} as const;

function variable(name: string): ReturnType<Check> {
  const path = ["service", "env", name];
  if (/^(PORT$|TRIMARAN_)/.test(name)) {
    const message = `${name} is set by Trimaran for every instance`;
    const hint =
      name === "PORT"
        ? "Remove it; service.port is the port, and the app should listen on $PORT"
        : "Choose another name";
    return [{ code: "reserved-variable", path, message, hint, atKey: true }];
  }
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [];
  const suggestion = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
  return [
    {
      code: "bad-name",
      path,
      message: `${quote(name)} cannot be the name of a variable: letters, digits and _ only, not a digit first`,
      hint: `Did you mean ${suggestion}?`,
      suggestion,
      atKey: true,
    },
  ];
}
