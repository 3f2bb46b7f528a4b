import { type ControllerEvent, codeOf, codes } from "@trimaran/contract";
import { type Controller, startController } from "@trimaran/controller";
import type { Input } from "../command.ts";
import type { Io } from "../io.ts";
import { loadApp } from "../load-app.ts";
import { findPlace } from "../place.ts";
import { eventLine } from "../render/progress.ts";
import { openScreen, type Screen } from "../render/screen.ts";
import { renderStatus } from "../render/status.ts";

const REFRESH_MS = 1000;

/** Runs the app in this process until interrupted or told to stop; shows progress, then a live status. */
export async function upForeground(input: Input, io: Io): Promise<number> {
  const place = findPlace(input, io);
  const isJson = input.flag("json");
  const { app, text, warnings } = loadApp(place, io);
  if (!isJson) for (const warning of warnings) io.err(`${warning}\n`);
  const screen = !isJson && io.isTerminal ? openScreen(io) : undefined;
  const startedAt = io.now();
  let hasFailed = false;
  const onEvent = (event: ControllerEvent) => {
    hasFailed ||= event.type === "failed";
    show(event, { isJson, screen, startedAt, io });
  };
  const port = input.number("port");
  let controller: Controller | undefined;
  let refresh: NodeJS.Timeout | undefined;
  try {
    controller = await startController({
      app,
      specText: text,
      stateFolder: place.stateFolder,
      onEvent,
      signal: io.interrupted,
      ...(port === undefined ? {} : { port }),
    });
    if (screen === undefined && !isJson)
      io.out(
        `\n${renderStatus(controller.status(), { hasColor: io.hasColor, now: io.now() })}\nCtrl-C stops everything and keeps the data.\n`,
      );
    refresh = screen === undefined ? undefined : liveStatus(controller, screen, io);
    await untilStopped(controller, io.interrupted);
    return 0;
  } catch (e) {
    if (io.interrupted.aborted) return codes.canceled.exit;
    // What was said as an event is not said again.
    if (isJson && hasFailed) return codes[codeOf(e)].exit;
    throw e;
  } finally {
    clearInterval(refresh);
    await controller?.stop();
    screen?.close({ keep: false });
  }
}

interface Show {
  readonly isJson: boolean;
  readonly screen: Screen | undefined;
  readonly startedAt: number;
  readonly io: Io;
}

function show(event: ControllerEvent, { isJson, screen, startedAt, io }: Show): void {
  if (isJson) {
    io.out(`${JSON.stringify(event)}\n`);
    return;
  }
  // What ends the run is thrown, and printed once as an error.
  if (event.type === "failed") return;
  const line = eventLine(event, startedAt, io.hasColor);
  if (line === undefined) return;
  if (screen === undefined) io.out(`${line}\n`);
  else screen.print(line);
}

function liveStatus(controller: Controller, screen: Screen, io: Io): NodeJS.Timeout {
  const draw = () =>
    screen.draw(
      `\n${renderStatus(controller.status(), { hasColor: io.hasColor, now: io.now() })}\nCtrl-C stops everything and keeps the data.\n`,
    );
  draw();
  return setInterval(draw, REFRESH_MS);
}

async function untilStopped(controller: Controller, interrupted: AbortSignal): Promise<void> {
  const interruption = new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([controller.done, interruption]);
}
