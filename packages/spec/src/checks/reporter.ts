import type { Finding } from "../problem.ts";
import type { Tree } from "../tree.ts";

/** A check that sees the whole: it reads what is there, also where other parts of the file are wrong, and says what does not fit together. */
export type Check = (tree: Tree) => readonly Finding[];
