import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { TrimaranError } from "@trimaran/contract";
import type { Input } from "./command.ts";
import type { Io } from "./io.ts";

/** Where a command works: the spec, and the state that belongs to it and its environment. */
export interface Place {
  /** Absolute path of the spec. */
  readonly file: string;
  readonly environment: string | undefined;
  /** Absolute: `.trimaran/<environment>` beside the spec. */
  readonly stateFolder: string;
}

/** From --file and --env. Throws not_found when there is no such file. */
export function findPlace(input: Input, io: Io): Place {
  const given = input.text("file");
  const file = resolve(io.cwd, given ?? "trimaran.yaml");
  if (!existsSync(file)) {
    throw new TrimaranError(
      "not_found",
      given === undefined ? "there is no trimaran.yaml here" : "there is no file at the path of --file",
      {
        hint: "trimaran init     (writes one)     or     --file path/to/trimaran.yaml",
      },
    );
  }
  const environment = input.text("env");
  return { file, environment, stateFolder: join(dirname(file), ".trimaran", environment ?? "default") };
}
