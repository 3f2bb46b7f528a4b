import { commands } from "../../packages/cli/src/commands.ts";
import { renderCommandHelp, renderHelp } from "../../packages/cli/src/render/help.ts";

/** docs/cli.md: every command's own help, from the table that the parser reads. */
export function commandsPage(): string {
  const each = commands.map(
    (c) => `## trimaran ${c.path.join(" ")}\n\n\`\`\`text\n${renderCommandHelp(c).trimEnd()}\n\`\`\`\n`,
  );
  return `<!-- Generated from packages/cli/src/commands.ts by \`npm run generate\`. -->
# The command line

\`\`\`text
${renderHelp(commands).trimEnd()}
\`\`\`

Exit statuses are in [errors.md](errors.md), the fields of \`--json\` in [json.md](json.md).

${each.join("\n")}`;
}
