import { clouds, type LocalCloudConfig, TrimaranError } from "@trimaran/contract";

/** Reads the configuration that the entry takes on standard input. invalid_argument where it does not hold. */
export function parseConfig(text: string): LocalCloudConfig {
  const given = parseObject(text);
  const cloud = clouds.find((each) => each === given["cloud"]);
  if (cloud === undefined) throw wrong(`cloud must be one of ${clouds.join(", ")}`);
  for (const name of ["region", "dataFolder", "rootKey"]) {
    if (typeof given[name] !== "string" || given[name] === "") throw wrong(`${name} must be a text`);
  }
  const tls = given["tls"] as Partial<Record<string, unknown>> | undefined;
  for (const name of ["key", "certificate", "authority"]) {
    if (typeof tls?.[name] !== "string") throw wrong(`tls.${name} must be PEM`);
  }
  if (!Array.isArray(given["ensure"])) throw wrong("ensure must be a list");
  return given as unknown as LocalCloudConfig;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (_e) {
    // said below; the text may hold keys, so it is not quoted
  }
  throw wrong("the configuration on standard input is not a JSON object");
}

function wrong(message: string): TrimaranError {
  return new TrimaranError("invalid_argument", message, {
    hint: "run with --help, or hand over a LocalCloudConfig as JSON on standard input",
  });
}
