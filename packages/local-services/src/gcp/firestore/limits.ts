import { ApiFault } from "../faults.ts";
import type { Fields, Value } from "./messages.ts";
import { type DocumentPath, documentName } from "./paths.ts";

const maxDocumentBytes = 1024 * 1024;
const maxValueBytes = maxDocumentBytes - 89;
const maxDepth = 20;
const maxNameBytes = 1500;

/**
 * Fields as they are kept: times cut to the microsecond. INVALID_ARGUMENT for what a document cannot hold.
 * https://cloud.google.com/firestore/quotas#collections_documents_and_fields
 */
export function cleanFields(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [demandName(name), clean(name, value, 1, false)]),
  );
}

function clean(name: string, value: Value, depth: number, inArray: boolean): Value {
  const isNest = "arrayValue" in value || "mapValue" in value;
  if (isNest && depth > maxDepth) throw invalid(`Maps and arrays may be nested ${maxDepth} levels deep at most.`);
  if ("timestampValue" in value) return { timestampValue: cut(value) };
  if ("arrayValue" in value) {
    if (inArray) throw invalid("Cannot convert an array value in an array value.");
    const values = (value.arrayValue.values ?? []).map((each) => clean(name, each, depth + 1, true));
    return { arrayValue: values.length === 0 ? {} : { values } };
  }
  if ("mapValue" in value) {
    const fields = Object.entries(value.mapValue.fields ?? {});
    const cleaned = fields.map(([name, each]) => [demandMapKey(name), clean(name, each, depth + 1, false)] as const);
    return { mapValue: cleaned.length === 0 ? {} : { fields: Object.fromEntries(cleaned) } };
  }
  if ("stringValue" in value || "bytesValue" in value) {
    if (sizeOf(value) > maxValueBytes + 1) {
      throw invalid(`The value of property "${name}" is longer than ${maxValueBytes} bytes.`);
    }
    return "bytesValue" in value ? { bytesValue: Buffer.from(value.bytesValue) } : value;
  }
  if (Object.keys(value).length === 0) throw invalid("A value has no type.");
  return value;
}

function cut({
  timestampValue: { seconds = 0, nanos = 0 },
}: Value & { timestampValue: object & { seconds?: string | number; nanos?: number } }) {
  const whole = BigInt(seconds);
  if (whole < -62135596800n || whole > 253402300799n || nanos < 0 || nanos > 999_999_999) {
    throw invalid("Timestamp is out of range: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.");
  }
  return { seconds: String(whole), nanos: nanos - (nanos % 1000) };
}

function demandName(name: string): string {
  if (name === "") throw invalid("A field name must not be empty.");
  if (/^__.*__$/s.test(name)) throw invalid(`Property name "${name}" is invalid because it is reserved.`);
  if (Buffer.byteLength(name) > maxNameBytes) throw invalid(`A field name may have ${maxNameBytes} bytes at most.`);
  return name;
}

function demandMapKey(name: string): string {
  return name === "__type__" ? name : demandName(name);
}

/** https://cloud.google.com/firestore/docs/storage-size INVALID_ARGUMENT above 1 MiB. */
export function demandSize(path: DocumentPath, fields: Fields): void {
  const name = `${path.collection}/${path.id}`
    .split("/")
    .reduce((sum, segment) => sum + Buffer.byteLength(segment) + 1, 16);
  const size = name + sizeOfFields(fields) + 32;
  if (size <= maxDocumentBytes) return;
  const message = `Document '${documentName(path)}' cannot be written because its size (${size} bytes) exceeds the maximum allowed size of ${maxDocumentBytes} bytes.`;
  throw invalid(message);
}

function sizeOfFields(fields: Fields): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + 1 + sizeOf(value), 0);
}

function sizeOf(value: Value): number {
  if ("nullValue" in value || "booleanValue" in value) return 1;
  if ("stringValue" in value) return Buffer.byteLength(value.stringValue) + 1;
  if ("bytesValue" in value) return value.bytesValue.length;
  if ("geoPointValue" in value) return 16;
  if ("arrayValue" in value) return (value.arrayValue.values ?? []).reduce((sum, each) => sum + sizeOf(each), 0);
  if ("mapValue" in value) return sizeOfFields(value.mapValue.fields ?? {});
  if ("referenceValue" in value) {
    return value.referenceValue
      .split("/")
      .slice(5)
      .reduce((sum, segment) => sum + Buffer.byteLength(segment) + 1, 16);
  }
  return 8;
}

function invalid(message: string): ApiFault {
  return new ApiFault("INVALID_ARGUMENT", message);
}
