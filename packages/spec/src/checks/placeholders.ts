import { type ResourceType, resourceFields, siteFields } from "@trimaran/contract";
import { nearest } from "../nearest.ts";
import { parseTemplate, type RawPlaceholder } from "../placeholders.ts";
import { type Finding, type Path, pathText, printable, type Span } from "../problem.ts";
import { entriesAt, type ScalarTree, type Tree, valueAt } from "../tree.ts";
import type { Check } from "./reporter.ts";

/** Placeholders name what exists, and stand only where they are replaced. */
export const checkPlaceholders: Check = (tree) => {
  const findings: Finding[] = [];
  visit(tree, []);
  return findings;

  function visit(here: Tree, path: Path): void {
    if (path[0] === "environments") return;
    if (here.kind === "list") here.items.forEach((item, i) => void visit(item, [...path, i]));
    else if (here.kind === "map") for (const [key, { value }] of here.entries) visit(value, [...path, key]);
    else if (typeof here.value === "string" && here.value.includes("${"))
      findings.push(...inText(here, here.value, path));
  }

  function inText(scalar: ScalarTree, text: string, path: Path): readonly Finding[] {
    const takes = (path[0] === "service" && path[1] === "env") || pathText(path) === "alerts.webhook";
    if (!takes) return misplaced(scalar, text, path);
    return parseTemplate(text).flatMap((piece) => {
      if (piece.kind === "text") return [];
      const at = within(scalar, text, piece.from, piece.to);
      if (piece.kind === "placeholder") return unknown(piece.placeholder, path, at, tree);
      return [
        {
          code: "placeholder-syntax",
          path,
          message: `A placeholder in ${pathText(path)} ${piece.says}`,
          hint: "Write ${resources.NAME.FIELD}, ${site.FIELD} or ${secrets.NAME}; $${ stands for ${ itself",
          at,
        },
      ];
    });
  }
};

function misplaced(scalar: ScalarTree, text: string, path: Path): readonly Finding[] {
  const match = /\$\{(resources|site|secrets)\.[^}]*\}?/.exec(text);
  if (match === null) return [];
  const isCommand = path[0] === "service" && (path[1] === "command" || path[1] === "migrate");
  return [
    {
      code: "placeholder-misplaced",
      path,
      message: `${pathText(path)} takes no placeholders`,
      hint: isCommand
        ? "Put it in a variable under service.env, and write $VARIABLE here"
        : "Placeholders work in service.env and alerts.webhook",
      at: within(scalar, text, match.index, match.index + match[0].length),
    },
  ];
}

/** Exact where the text is written as it is read; else (escapes, folded lines) the whole value. */
function within(scalar: ScalarTree, text: string, from: number, to: number): Span {
  const width = scalar.at.end - scalar.at.start;
  const quotes = width === text.length ? 0 : width === text.length + 2 ? 1 : undefined;
  return quotes === undefined
    ? scalar.at
    : { start: scalar.at.start + quotes + from, end: scalar.at.start + quotes + to };
}

function unknown(placeholder: RawPlaceholder, path: Path, at: Span, tree: Tree): readonly Finding[] {
  const where = pathText(path);
  const finding = (message: string, known: readonly string[], written: string, more: string): readonly Finding[] => {
    const near = nearest(written, known);
    const hint =
      near !== undefined
        ? `Did you mean ${near}?`
        : known.length > 0
          ? `There ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`
          : more;
    return [{ code: "placeholder-unknown", path, message: printable(message), hint, suggestion: near, at }];
  };
  if (placeholder.from === "site") {
    if ((siteFields as readonly string[]).includes(placeholder.field)) return [];
    return finding(
      `A placeholder in ${where} asks for site.${placeholder.field}, which a site does not have`,
      siteFields,
      placeholder.field,
      "",
    );
  }
  const { resource, field, isSecret } = placeholder;
  const resources = entriesAt(tree, ["resources"]).map(([name]) => ({
    name,
    type: valueAt(tree, ["resources", name, "type"]),
  }));
  const found = resources.find(({ name }) => name === resource);
  const candidates = resources.filter(({ type }) => !isSecret || type === "secret").map(({ name }) => name);
  if (found === undefined || (isSecret && isType(found.type) && found.type !== "secret")) {
    const what = isSecret ? "secret" : "resource";
    const missing = found === undefined ? "which is not under resources" : `which is a ${found.type}`;
    const add = isSecret ? `Add \`${resource}: { type: secret }\` under resources` : `Add ${resource} under resources`;
    return finding(`A placeholder in ${where} names the ${what} ${resource}, ${missing}`, candidates, resource, add);
  }
  if (!isType(found.type)) return [];
  const fields: readonly string[] = resourceFields[found.type];
  if (fields.includes(field)) return [];
  return finding(
    `A placeholder in ${where} asks for the field ${field} of ${resource}, which a ${found.type} does not have`,
    fields,
    field,
    "",
  );
}

function isType(type: unknown): type is ResourceType {
  return typeof type === "string" && Object.hasOwn(resourceFields, type);
}
