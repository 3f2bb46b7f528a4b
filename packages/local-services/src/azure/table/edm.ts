import { tableFailure } from "./errors.ts";

/** https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations#property-types-in-a-json-feed */
type EdmType = "String" | "Boolean" | "Int32" | "Int64" | "Double" | "DateTime" | "Guid" | "Binary";

/** A typed value in the form it has in JSON: Binary is base64, Int64 decimal text, a Double that is no number its name. */
export interface EdmValue {
  readonly type: EdmType;
  readonly value: string | number | boolean;
}

const MAX_INT32 = 2 ** 31;

/** A value with its `@odata.type` where one was given, else typed by its JSON. `source` is a number's text. */
export function readValue(given: unknown, annotation: string | undefined): EdmValue {
  const type = annotation?.replace(/^Edm\./, "");
  if (given instanceof NumberText) return numberValue(given, type);
  if (typeof given === "boolean" && (type ?? "Boolean") === "Boolean") return { type: "Boolean", value: given };
  if (typeof given !== "string") throw tableFailure("InvalidInput");
  const read = readers[type ?? "String"];
  if (read === undefined) throw tableFailure("InvalidInput");
  return read(given);
}

/** A number as it stood in the JSON: 3 is an Int32 and 3.0 a Double. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function numberValue({ text }: NumberText, type: string | undefined): EdmValue {
  const value = Number(text);
  const isInt32 = /^-?\d+$/.test(text) && value >= -MAX_INT32 && value < MAX_INT32;
  if (type === "Double" || (type === undefined && !isInt32)) return { type: "Double", value };
  if ((type === "Int32" || type === undefined) && isInt32) return { type: "Int32", value };
  if (type === "Int64") return int64(text);
  throw tableFailure("InvalidInput");
}

const readers: Readonly<Record<string, (text: string) => EdmValue>> = {
  String: (value) => ({ type: "String", value }),
  Int64: int64,
  Int32: (text) => numberValue(new NumberText(text), "Int32"),
  Boolean: (text) => ({ type: "Boolean", value: demand(/^(true|false)$/i.test(text), text).toLowerCase() === "true" }),
  Double: (text) => {
    if (["NaN", "Infinity", "-Infinity"].includes(text)) return { type: "Double", value: text };
    return { type: "Double", value: Number(demand(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text), text)) };
  },
  Guid: (text) => ({
    type: "Guid",
    value: demand(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text), text).toLowerCase(),
  }),
  DateTime: (text) => ({ type: "DateTime", value: dateTime(text) }),
  Binary: (text) => {
    const isBase64 = Buffer.from(text, "base64").toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
    return { type: "Binary", value: demand(isBase64, text) };
  },
};

function demand(holds: boolean, text: string): string {
  if (!holds) throw tableFailure("InvalidInput");
  return text;
}

function int64(text: string): EdmValue {
  demand(/^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text), text);
  return { type: "Int64", value: BigInt(text).toString() };
}

/** UTC with the seven decimals that the service keeps, without those that are zero. */
function dateTime(text: string): string {
  const [, head, fraction = "", zone = "Z"] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const at = Date.parse(`${head}${zone}`);
  if (head === undefined || Number.isNaN(at)) throw tableFailure("InvalidInput");
  const kept = fraction.slice(0, 7).replace(/0+$/, "");
  return `${new Date(at).toISOString().slice(0, 19)}${kept === "" ? "" : `.${kept}`}Z`;
}

/** Below, equal or above zero; undefined where the two cannot be compared. */
export function compareValues(a: EdmValue, b: EdmValue): number | undefined {
  const numeric = new Set<EdmType>(["Int32", "Int64", "Double"]);
  if (numeric.has(a.type) && numeric.has(b.type)) return compareNumbers(a, b);
  if (a.type !== b.type) return undefined;
  if (a.type === "Binary")
    return Buffer.compare(Buffer.from(String(a.value), "base64"), Buffer.from(String(b.value), "base64"));
  if (a.type === "DateTime") return order(sortableTime(String(a.value)), sortableTime(String(b.value)));
  return order(a.value, b.value);
}

function compareNumbers(a: EdmValue, b: EdmValue): number | undefined {
  if (a.type === "Double" || b.type === "Double") {
    const [x, y] = [Number(a.value), Number(b.value)];
    return Number.isNaN(x) || Number.isNaN(y) ? undefined : order(x, y);
  }
  return order(BigInt(String(a.value)), BigInt(String(b.value)));
}

const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

const sortableTime = (text: string): string => {
  const [head = "", fraction = ""] = text.slice(0, -1).split(".");
  return `${head}.${fraction.padEnd(7, "0")}`;
};

/** Bytes that the value counts for. */
export function sizeOf({ type, value }: EdmValue): number {
  if (type === "String") return String(value).length * 2 + 4;
  if (type === "Binary") return Buffer.byteLength(String(value), "base64") + 4;
  return { Boolean: 1, Int32: 4, Int64: 8, Double: 8, DateTime: 8, Guid: 16 }[type];
}
