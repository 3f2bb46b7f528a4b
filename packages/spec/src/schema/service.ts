import * as z from "zod/mini";
import { anyText, duration, formed, key, line, map, size, urlPath, whole } from "./words.ts";

/** Set by Trimaran for every instance. */
export const reservedVariables = "^(PORT$|TRIMARAN_)";

export const buildService = () =>
  map({
    build: key("Folder with the Dockerfile, relative to the file. Not together with `image`.", z.optional(line()), {
      otherwise: "`.` where there is no `image`",
    }),
    image: key(
      "A finished image instead of a build. With a digest it cannot change under the same name.",
      z.optional(
        formed(
          "image",
          /^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/,
          "registry.example.com/app@sha256:...",
        ),
      ),
    ),
    command: key(
      "How the process runtime starts the app. Split into words as `sh` does, quotes included; `$NAME` and `${NAME}` stand for variables of the instance, above all `$PORT`. No pipes, no redirections. The container runtime uses the image's own command where this is not given.",
      z.optional(line()),
    ),
    port: key(
      "The port that the app listens on in its container. The process runtime gives every instance its own free port in the variable PORT, which the app must use when it is set.",
      whole(1, 65_535),
    ),
    health: key(
      "Path that answers 200 while the process is alive. It should not ask the database.",
      z._default(urlPath(), "/health"),
    ),
    cpu: key(
      "vCPUs of an instance, in steps of 0.25.",
      z._default(z.number().check(z.gte(0.25), z.lte(16), z.multipleOf(0.25)), 1),
    ),
    memory: key("Memory of an instance.", z._default(size("128Mi", "128Gi"), "2Gi")),
    scale: key(
      "How many instances run at each site.",
      z.prefault(
        map({
          min: key("Instances that always run.", z._default(whole(1, 1000), 1)),
          max: key("Instances at the most.", z.optional(whole(1, 1000)), {
            otherwise: "10, or `min` where that is more",
          }),
          concurrency: key("Requests that one instance works on at the same time.", z._default(whole(1, 10_000), 80)),
        }),
        {},
      ),
    ),
    runtime: key(
      "Local only: run the app as plain processes, or as containers of one built image (needs podman or docker).",
      z.optional(z.enum(["process", "container"])),
      { otherwise: "`process` where there is a `command`, else `container`" },
    ),
    affinity: key(
      "`session`: a browser stays on one instance, its WebSocket included. Streamlit needs it.",
      z._default(z.enum(["none", "session"]), "none"),
    ),
    timeout: key("How long an answer may take.", z._default(duration("1s", "1h"), "300s")),
    migrate: key(
      "Command that changes the database's schema: run once a release, under a lock, before any revision gets traffic. Split and expanded as `command` is.",
      z.optional(line()),
    ),
    env: key(
      "Environment variables of the app. Placeholders work here. PORT and TRIMARAN_... are set by Trimaran.",
      z._default(
        z.record(
          key("", z.string(), { pattern: `^(?!PORT$|TRIMARAN_)[A-Za-z_][A-Za-z0-9_]*$` }),
          key("Text, with placeholders.", anyText(), { kind: "text with placeholders" }),
        ),
        {},
      ),
    ),
  });
