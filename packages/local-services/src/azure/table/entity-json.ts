import type { AzureRequest } from "../wire/request.ts";
import type { EdmValue } from "./edm.ts";
import { type Entity, etagOf, propertyOf } from "./entity.ts";

export type MetadataLevel = "nometadata" | "minimalmetadata" | "fullmetadata";

/** From Accept or $format. */
export function metadataLevel(request: Pick<AzureRequest, "header" | "query">): MetadataLevel {
  const asked = request.query.get("$format") ?? request.header("accept") ?? "";
  const [, level] = /odata=(nometadata|minimalmetadata|fullmetadata)/i.exec(asked) ?? [];
  return (level?.toLowerCase() as MetadataLevel | undefined) ?? "minimalmetadata";
}

export const contentType = (level: MetadataLevel): string =>
  `application/json;odata=${level};streaming=true;charset=utf-8`;

export interface EntityContext {
  readonly accountUrl: string;
  readonly table: string;
  readonly level: MetadataLevel;
  /** Names to give; empty for all. */
  readonly select: readonly string[];
}

/**
 * The members of an entity's JSON object, without its braces. By hand, since a Double that is a whole number is written 3.0.
 * https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations
 */
export function entityMembers(entity: Entity, context: EntityContext): string {
  const { level, select } = context;
  const all = ["PartitionKey", "RowKey", "Timestamp", ...Object.keys(entity.properties)];
  const names = select.length === 0 ? all : all.filter((name) => select.includes(name));
  const head = level === "nometadata" ? [] : [member("odata.etag", etagOf(entity))];
  if (level === "fullmetadata") {
    const address = entityAddress(context.table, entity);
    head.unshift(
      member("odata.type", `trimaranlocal.${context.table}`),
      member("odata.id", `${context.accountUrl}/${address}`),
      member("odata.editLink", address),
    );
  }
  const values = names.flatMap((name) => {
    const value = propertyOf(entity, name)!;
    const annotated = level !== "nometadata" && needsType(value) && (name !== "Timestamp" || level === "fullmetadata");
    const typed = annotated ? [member(`${name}@odata.type`, `Edm.${value.type}`)] : [];
    return [...typed, `${JSON.stringify(name)}:${valueText(value)}`];
  });
  return [...head, ...values].join(",");
}

export const entityAddress = (
  table: string,
  { partitionKey, rowKey }: Pick<Entity, "partitionKey" | "rowKey">,
): string => `${table}(PartitionKey='${quoted(partitionKey)}',RowKey='${quoted(rowKey)}')`;

const quoted = (key: string): string => encodeURIComponent(key.replaceAll("'", "''"));

export const member = (name: string, value: string): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** Types that JSON itself does not show. */
const needsType = ({ type, value }: EdmValue): boolean =>
  ["Int64", "DateTime", "Guid", "Binary"].includes(type) || (type === "Double" && typeof value === "string");

function valueText({ type, value }: EdmValue): string {
  const text = JSON.stringify(value);
  return type === "Double" && typeof value === "number" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}
