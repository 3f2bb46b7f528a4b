import type { Run } from "../command.ts";

export const run: Run = async (input, io) => {
  if (input.flag("detach")) return (await import("../up/detached.ts")).upDetached(input, io);
  return (await import("../up/foreground.ts")).upForeground(input, io);
};
