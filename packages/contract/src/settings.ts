import { TrimaranError } from "./errors.ts";

/** Reads one setting; `path` names it in the error. Throws invalid_argument. */
export type SettingReader<T> = (value: unknown, path: string) => T;
type Shape = Readonly<Record<string, SettingReader<unknown>>>;
export type SettingsOf<S extends Shape> = { readonly [K in keyof S]: ReturnType<S[K]> };

/**
 * Reads the settings that a binding hands to a driver, strictly: a setting that is missing, of another type or unknown is
 * invalid_argument with its name (never its value).
 */
export function readSettings<S extends Shape>(input: unknown, what: string, shape: S): SettingsOf<S> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw wrong(what, "an object");
  const unknown = Object.keys(input).find((name) => !Object.hasOwn(shape, name));
  if (unknown !== undefined) throw new TrimaranError("invalid_argument", `${what}.${unknown} is no setting`);
  const given = input as Readonly<Record<string, unknown>>;
  const read = Object.entries(shape).map(([name, reader]) => [name, reader(given[name], `${what}.${name}`)]);
  return Object.fromEntries(read) as SettingsOf<S>;
}

/** A text that is not empty. */
export const text: SettingReader<string> = (value, path) => {
  if (typeof value !== "string" || value === "") throw wrong(path, "a text");
  return value;
};

/** Like `text`, and may be empty. */
export const anyText: SettingReader<string> = (value, path) => {
  if (typeof value !== "string") throw wrong(path, "a text");
  return value;
};

export const flag: SettingReader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw wrong(path, "true or false");
  return value;
};

/** An http or https address without user, query and fragment; given back without a slash at its end. */
export const address: SettingReader<string> = (value, path) => {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (url === undefined || !isPlain || !["http:", "https:"].includes(url.protocol)) {
    throw wrong(path, "an http or https address");
  }
  return url.href.replace(/\/+$/, "");
};

export const portNumber: SettingReader<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 65_535) {
    throw wrong(path, "a whole number from 1 to 65535");
  }
  return value;
};

export function oneOf<const T extends string>(...values: readonly T[]): SettingReader<T> {
  return (value, path) => {
    const found = values.find((v) => v === value);
    if (found === undefined) throw wrong(path, values.map((v) => `"${v}"`).join(" or "));
    return found;
  };
}

export function group<S extends Shape>(shape: S): SettingReader<SettingsOf<S>> {
  return (value, path) => readSettings(value, path, shape);
}

/** A setting that may be left out. */
export function optional<T>(reader: SettingReader<T>): SettingReader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

function wrong(path: string, wanted: string): TrimaranError {
  return new TrimaranError("invalid_argument", `${path} must be ${wanted}`);
}
