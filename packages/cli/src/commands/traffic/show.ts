import { connectControl } from "@trimaran/controller/client";
import type { Run } from "../../command.ts";
import { findPlace } from "../../place.ts";
import { renderTraffic } from "../../render/traffic.ts";

export const run: Run = async (input, io) => {
  const report = await connectControl(findPlace(input, io).stateFolder).traffic();
  io.out(input.flag("json") ? `${JSON.stringify(report)}\n` : renderTraffic(report));
  return 0;
};
