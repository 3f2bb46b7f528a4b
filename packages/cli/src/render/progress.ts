import type { ControllerEvent } from "@trimaran/contract";
import { paint } from "./paint.ts";

/** One event as a plain line: for pipes, logs and CI. `undefined` where people need not see it. */
export function eventLine(event: ControllerEvent, startedAt: number, hasColor: boolean): string | undefined {
  const seconds = `${((Date.parse(event.at) - startedAt) / 1000).toFixed(1).padStart(6)} s`;
  const says = sentence(event, hasColor);
  return says === undefined ? undefined : `${paint(seconds, "gray", hasColor)}  ${says}`;
}

function sentence(event: ControllerEvent, hasColor: boolean): string | undefined {
  const because = "because" in event && event.because !== undefined ? `: ${event.because}` : "";
  switch (event.type) {
    case "started":
      return `starting ${event.app}${event.environment === "default" ? "" : ` (${event.environment})`}`;
    case "phase":
      return event.site === undefined ? event.says : `${event.site.padEnd(8)} ${event.says}`;
    case "site":
      return `${event.site.padEnd(8)} ${paint(event.state, siteStyle(event.state), hasColor)}${because}`;
    case "instance":
      return event.state === "backoff" || event.state === "unhealthy"
        ? `${event.site.padEnd(8)} instance ${event.instance} is ${event.state}${because}`
        : undefined;
    case "ready":
      return `${paint("ready", "green", hasColor)} in ${(event.tookMs / 1000).toFixed(1)} s: ${event.url}`;
    case "warning":
      return `${paint("warning", "yellow", hasColor)}: ${event.says}${event.hint === undefined ? "" : ` (${event.hint})`}`;
    case "failed":
      return `${paint(`error[${event.code}]`, "red", hasColor)}: ${event.message}${event.hint === undefined ? "" : `\n            hint: ${event.hint}`}`;
    case "stopped":
      return "stopped; the data is kept";
  }
}

function siteStyle(state: string): "green" | "yellow" | "red" {
  return state === "healthy" ? "green" : state === "down" || state === "unhealthy" ? "red" : "yellow";
}
