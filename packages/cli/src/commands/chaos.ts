import { type ChaosRequest, TrimaranError } from "@trimaran/contract";
import { connectControl } from "@trimaran/controller/client";
import type { Run } from "../command.ts";
import { findPlace } from "../place.ts";

const done: Readonly<Record<ChaosRequest["action"], string>> = {
  kill: "was killed and stays down",
  pause: "hangs: its processes are stopped where they were",
  slow: "is slow: everything that goes in or out is delayed",
  errors: "fails: a share of what goes in is reset",
  partition: "is cut off: nothing goes in or out",
  heal: "is healed",
};

export const run: Run = async (input, io) => {
  const [action, site] = input.positionals as [ChaosRequest["action"], string];
  const only = input.text("only");
  if (only !== undefined && only !== "instances" && only !== "services") {
    throw new TrimaranError("invalid_argument", "--only is 'instances' or 'services'", { hint: "--only instances" });
  }
  await connectControl(findPlace(input, io).stateFolder).chaos({
    action,
    site,
    ...(only === undefined ? {} : { only }),
  });
  if (input.flag("json")) io.out(`${JSON.stringify({ site, action, only: only ?? null })}\n`);
  else io.out(`${site} ${done[action]}${action === "heal" ? "" : `     (end it with: trimaran chaos heal ${site})`}\n`);
  return 0;
};
