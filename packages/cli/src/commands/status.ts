import { setTimeout as sleep } from "node:timers/promises";
import { connectControl } from "@trimaran/controller/client";
import type { Run } from "../command.ts";
import { findPlace } from "../place.ts";
import { openScreen } from "../render/screen.ts";
import { renderStatus } from "../render/status.ts";

const REFRESH_MS = 1000;

export const run: Run = async (input, io) => {
  const control = connectControl(findPlace(input, io).stateFolder);
  const isJson = input.flag("json");
  if (!input.flag("watch")) {
    const report = await control.status();
    io.out(isJson ? `${JSON.stringify(report)}\n` : renderStatus(report, { hasColor: io.hasColor, now: io.now() }));
    return 0;
  }
  const screen = isJson || !io.isTerminal ? undefined : openScreen(io);
  try {
    while (!io.interrupted.aborted) {
      const report = await control.status();
      const picture = renderStatus(report, { hasColor: io.hasColor, now: io.now() });
      if (screen === undefined) io.out(isJson ? `${JSON.stringify(report)}\n` : `${picture}\n`);
      else screen.draw(picture);
      await sleep(REFRESH_MS, undefined, { signal: io.interrupted }).catch(() => undefined);
    }
  } finally {
    screen?.close({ keep: true });
  }
  return 0;
};
