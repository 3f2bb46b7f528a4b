import { markdownTable } from "../../bench/support/measure.ts";
import { kv, objects, postgres, secrets } from "../../packages/conformance/src/index.ts";
import { type Cell, type RecordedRun, readResults } from "../../packages/conformance/src/testing/results.ts";

interface Kind {
  readonly kind: string;
  readonly title: string;
  readonly cases: readonly { readonly name: string; readonly group?: string }[];
}

const kinds: readonly Kind[] = [
  { ...objects, title: "Objects" },
  { ...kv, title: "Key-value" },
  { ...secrets, title: "Secrets" },
  { ...postgres, title: "Postgres" },
];

/** Why a driver cannot do something: by driver and feature. A driver that lacks a feature needs a line here. */
const reasons: Readonly<Record<string, string>> = {
  "local/objects signed-url": "files have no address that could be signed ([the local drivers](runtime.md#opening))",
};

const whoseWords: Readonly<Record<RecordedRun["on"]["whose"], string>> = {
  ours: "ours",
  "third party's": "a third party's emulator",
  "vendor's": "the vendor's emulator",
  real: "the thing itself",
};

/** docs/capabilities.md: what every driver was proven to do, and on what, from the results of the suites. */
export function capabilitiesPage(runs: readonly RecordedRun[] = readResults()): string {
  const notes = makeNotes();
  const details = kinds.map((kind) => detailsOf(kind, runs, notes));
  return `<!-- Generated from packages/conformance/results by \`npm run generate\`. -->
# What every driver can

One suite a kind is run against every driver, on everything that we have to run it on. The results are recorded; a test fails when a run says otherwise,
or when this page is not what the results say. \`TRIMARAN_RECORD=1 npm test conformance local.test moto azurite emulator\` records them anew.

- **pass**: the case ran and held.
- **unsupported**: the driver says beforehand that it cannot, with the reason below; \`validate\`, \`up\` and \`open\` refuse it by name.
- **not run**: the case cannot hold on that implementation, for the reason below.

No run on the clouds themselves is recorded: what is here was run on our local services, on emulators that others wrote, and on real PostgreSQL.

## Summary

${markdownTable(
  ["kind", "driver", "run on", "whose", "pass", "unsupported", "not run"],
  kinds.flatMap((kind) => runsOf(kind, runs).map((run) => summaryRow(kind, run))),
)}
${details.join("\n")}
## Notes

${notes.lines().join("\n")}
`;
}

function runsOf({ kind }: Kind, runs: readonly RecordedRun[]): readonly RecordedRun[] {
  return runs.filter((run) => run.kind === kind);
}

function summaryRow(kind: Kind, run: RecordedRun): readonly string[] {
  const cells = kind.cases.map((one) => run.cases[one.name]);
  const count = (is: (cell: Cell | undefined) => boolean) => String(cells.filter(is).length);
  return [
    kind.title,
    `\`${run.driver}\``,
    run.on.name,
    whoseWords[run.on.whose],
    count((cell) => cell === "pass"),
    count((cell) => typeof cell === "object" && "unsupported" in cell),
    count((cell) => cell === undefined || (typeof cell === "object" && "notRun" in cell)),
  ];
}

function detailsOf(kind: Kind, runs: readonly RecordedRun[], notes: Notes): string {
  const own = runsOf(kind, runs);
  for (const run of own) checkNames(kind, run);
  const groups = [...new Set(kind.cases.map((one) => one.group ?? ""))];
  const tables = groups.map((group) => {
    const rows = kind.cases
      .filter((one) => (one.group ?? "") === group)
      .map(({ name }) => [escaped(name), ...own.map((run) => notes.cell(run, run.cases[name]))]);
    const header = [group, ...own.map((run) => `${run.driver}<br>${run.on.name}`)];
    return markdownTable(header, rows);
  });
  return `## ${kind.title}\n\n${tables.join("\n")}`;
}

/** A name that no case has any more is a result of nothing. */
function checkNames({ kind, cases }: Kind, run: RecordedRun): void {
  const unknown = Object.keys(run.cases).filter((name) => !cases.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`results of ${run.driver} (${kind}) name no case: ${unknown.join("; ")}`);
}

interface Notes {
  cell(run: RecordedRun, cell: Cell | undefined): string;
  lines(): readonly string[];
}

function makeNotes(): Notes {
  const texts: string[] = [];
  const numberOf = (text: string) => {
    if (!texts.includes(text)) texts.push(text);
    return `[${texts.indexOf(text) + 1}](#notes)`;
  };
  return {
    cell(run, cell) {
      if (cell === undefined) return "not run";
      if (cell === "pass") return "pass";
      if ("notRun" in cell) return `not run ${numberOf(cell.notRun)}`;
      const reason = reasons[`${run.driver} ${cell.unsupported}`];
      if (reason === undefined) throw new Error(`say why ${run.driver} cannot do ${cell.unsupported}`);
      return `unsupported ${numberOf(`\`${run.driver}\`: ${reason}`)}`;
    },
    lines: () => texts.map((text, i) => `${i + 1}. ${text}`),
  };
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
