import type { Io } from "../io.ts";

/** Draws a block of text over the one before it; what was printed above stays. */
export interface Screen {
  draw(block: string): void;
  /** Prints a line that stays, above the block. */
  print(line: string): void;
  /** Gives the cursor back; without `keep` the block goes away. */
  close(how: { readonly keep: boolean }): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

export function openScreen(io: Io): Screen {
  let drawn = "";
  const erase = () => {
    const lines = drawn === "" ? 0 : drawn.split("\n").length - 1;
    return lines === 0 ? "" : `\u001b[${lines}A\u001b[0J`;
  };
  io.out(HIDE_CURSOR);
  return {
    draw(block) {
      const visible = block
        .split("\n")
        .slice(0, Math.max(1, io.rows() - 1))
        .join("\n");
      const text = visible.endsWith("\n") ? visible : `${visible}\n`;
      io.out(erase() + text);
      drawn = text;
    },
    print(line) {
      io.out(`${erase()}${line}\n${drawn}`);
    },
    close({ keep }) {
      io.out((keep ? "" : erase()) + SHOW_CURSOR);
    },
  };
}
