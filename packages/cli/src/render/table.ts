import { stripVTControlCharacters } from "node:util";

export interface Column<Row> {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly cell: (row: Row) => string;
}

/** A table for people: columns as wide as their widest cell, two blanks between, no lines. Colour codes count as nothing. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], indent = ""): string {
  const cells = [columns.map((c) => c.title), ...rows.map((row) => columns.map((c) => c.cell(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => width(line[i] ?? ""))));
  return cells
    .map((line) => {
      const padded = line.map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align ?? "left"));
      return `${indent}${padded.join("  ").trimEnd()}\n`;
    })
    .join("");
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function pad(text: string, to: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, to - width(text)));
  return align === "left" ? text + blanks : blanks + text;
}
