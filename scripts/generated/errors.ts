import { codes } from "../../packages/contract/src/errors.ts";

/** docs/errors.md: the error table, from the code. */
export function errorsPage(): string {
  const rows = Object.entries(codes).map(([code, row]) => {
    const retry = row.retry === "later" ? "later" : "no";
    return `| \`${code}\` | ${row.exit} | ${row.http} | ${retry} | ${row.means} |`;
  });
  return `<!-- Generated from packages/contract/src/errors.ts by \`npm run generate\`. -->
# Errors

Every error has a code. On the command line the code is also the exit status, so that a script can act on it without reading text; with \`--json\` it
is in the document (\`error.code\`). In an app it is \`error.code\` of a \`TrimaranError\`, the same on every cloud for the same cause. Codes are only ever
added: none is renamed, renumbered or used again.

| code | exit status | HTTP status | try again? | means |
|---|---|---|---|---|
${rows.join("\n")}

An error on a terminal has three parts: the code, one sentence, and a hint, which is a command or a setting. The vendor's own error is its cause, shown
with \`--verbose\`. A sentence never holds a value that was typed or a secret.

\`\`\`
error[lease_held]: it is already run by process 4711
  hint: trimaran status     or     trimaran down
\`\`\`
`;
}
