import { connectControl, isRunning } from "@trimaran/controller/client";
import { purgeState } from "@trimaran/controller/purge";
import type { Run } from "../command.ts";
import { findPlace } from "../place.ts";

export const run: Run = async (input, io) => {
  const { stateFolder } = findPlace(input, io);
  const wasRunning = isRunning(stateFolder);
  if (wasRunning) {
    if (!input.flag("json")) io.err("stopping ...\n");
    await connectControl(stateFolder).stop();
  }
  const isPurge = input.flag("purge");
  if (isPurge) await purgeState(stateFolder);
  if (input.flag("json")) io.out(`${JSON.stringify({ stopped: wasRunning, purged: isPurge })}\n`);
  else io.out(`${wasRunning ? "stopped" : "nothing was running"}; the data is ${isPurge ? "removed" : "kept"}\n`);
  return 0;
};
