import { type Clues, isPort, toCommand, withPort, word } from "./clues.ts";

/** EXPOSE, CMD, ENTRYPOINT and HEALTHCHECK of a Dockerfile's last stage. https://docs.docker.com/reference/dockerfile/ */
export function readDockerfile(text: string): Clues {
  const lines = instructions(text);
  const from = lines.findLastIndex(([name]) => name === "FROM");
  const stage = lines.slice(from + 1);
  const last = (name: string) => stage.findLast(([instruction]) => instruction === name)?.[1];
  const port = Number(/^\s*(\d+)/.exec(last("EXPOSE") ?? "")?.[1]);
  const path = healthPath(last("HEALTHCHECK") ?? "");
  const entry = words(last("ENTRYPOINT"));
  const command = toCommand([entry, words(last("CMD"))].filter((part) => part !== "").join(" "));
  return {
    ...(isPort(port) ? { port: { value: port, because: "Dockerfile, EXPOSE" } } : {}),
    ...(path === undefined ? {} : { health: { value: path, because: "Dockerfile, HEALTHCHECK" } }),
    ...(command === undefined
      ? {}
      : { command: { value: isPort(port) ? withPort(command, port) : command, because: "Dockerfile, CMD" } }),
  };
}

/** The path of the first URL in a health check's command. */
export function healthPath(command: string): string | undefined {
  const path = /https?:\/\/[^\s/'"]+(\/[\w./~%-]*)?/.exec(command);
  return path === null ? undefined : (path[1] ?? "/");
}

function instructions(text: string): readonly (readonly [string, string])[] {
  return text
    .replace(/\r/g, "")
    .replace(/^\s*#.*\n?/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => {
      const match = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line);
      return match ? [[match[1]!.toUpperCase(), match[2]!.trim()] as const] : [];
    });
}

/** Exec form (a JSON list) as a command line; shell form as it is. */
function words(argument: string | undefined): string {
  if (argument === undefined) return "";
  if (!argument.startsWith("[")) return argument;
  try {
    const list: unknown = JSON.parse(argument);
    return Array.isArray(list) && list.every((item) => typeof item === "string") ? list.map(word).join(" ") : "";
  } catch (_e) {
    // Docker itself takes what is no JSON as shell form; as a command to run here it is worth nothing.
    return "";
  }
}
