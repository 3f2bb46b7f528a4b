import { TrimaranError } from "@trimaran/contract";
import { connectControl } from "@trimaran/controller/client";
import type { Run } from "../../command.ts";
import { findPlace } from "../../place.ts";
import { renderTraffic } from "../../render/traffic.ts";

export const run: Run = async (input, io) => {
  const weights = parseWeights(input.positionals);
  const report = await connectControl(findPlace(input, io).stateFolder).setTraffic({ weights });
  io.out(input.flag("json") ? `${JSON.stringify(report)}\n` : renderTraffic(report));
  return 0;
};

/** ["aws=70", "azure=30"] as weights. Throws invalid_argument. */
export function parseWeights(words: readonly string[]): Readonly<Record<string, number>> {
  const weights: Record<string, number> = {};
  for (const word of words) {
    const match = /^([a-z][a-z0-9-]*)=(\d{1,6}(?:\.\d{1,3})?)$/.exec(word);
    const [, site, weight] = match ?? [];
    if (site === undefined || weight === undefined || site in weights) {
      throw new TrimaranError("invalid_argument", "each word is one site's name, '=' and a weight of 0 or more", {
        hint: "trimaran traffic set aws=70 azure=30",
      });
    }
    weights[site] = Number(weight);
  }
  return weights;
}
