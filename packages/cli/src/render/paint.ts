import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colour where the terminal has it, else the text as it is. */
export function paint(text: string, style: Style, hasColor: boolean): string {
  return hasColor ? styleText(style, text, { validateStream: false }) : text;
}
