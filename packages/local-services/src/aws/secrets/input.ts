import { JsonFault } from "../json-service.ts";

export type Input = Readonly<Record<string, unknown>>;

const MAX_VALUE_BYTES = 65_536;

export function invalidParameter(message: string): JsonFault {
  return new JsonFault("InvalidParameterException", message);
}

export function textOf(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new JsonFault("SerializationException", `${name} must be a string`);
  return value;
}

export function demandText(input: Input, name: string): string {
  const value = textOf(input, name);
  if (value === undefined || value === "") throw invalidParameter(`You must provide a value for ${name}.`);
  return value;
}

export function numberOf(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new JsonFault("SerializationException", `${name} must be a number`);
  return value;
}

/** SecretString or SecretBinary; undefined when neither is given. */
export function secretValueOf(input: Input): { readonly text: string } | { readonly binary: string } | undefined {
  const [text, binary] = [textOf(input, "SecretString"), textOf(input, "SecretBinary")];
  if (text !== undefined && binary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text === undefined && binary === undefined) return undefined;
  const size = text === undefined ? Buffer.from(binary!, "base64").length : Buffer.byteLength(text);
  if (size > MAX_VALUE_BYTES) throw invalidParameter("The secret value is longer than 65536 bytes.");
  return text === undefined ? { binary: binary! } : { text };
}

export function tagsOf(input: Input): Readonly<Record<string, string>> {
  const list = (input["Tags"] ?? []) as readonly { readonly Key?: string; readonly Value?: string }[];
  return Object.fromEntries(list.map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
}

export function textsOf(input: Input, name: string): readonly string[] | undefined {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** Whole thousandths of a second, as a JSON timestamp counts in seconds. */
export function seconds(ms: number): number {
  return ms / 1000;
}
