import { JsonFault } from "../json-service.ts";
import { demandText, type Input, invalidParameter, numberOf, seconds, textOf } from "./input.ts";
import { CURRENT, type SecretVersion, type StoredSecret } from "./model.ts";
import type { Shelf } from "./shelf.ts";

const MAX_RESULTS = 100;

export function getSecretValue(shelf: Shelf, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"));
  const [id, stage] = [textOf(input, "VersionId"), textOf(input, "VersionStage")];
  const wantedStage = stage ?? (id === undefined ? CURRENT : undefined);
  const version = secret.versions.find(
    (each) => (id ?? each.id) === each.id && (wantedStage === undefined || each.stages.includes(wantedStage)),
  );
  if (version === undefined) {
    const wanted = id === undefined ? `staging label: ${stage ?? CURRENT}` : `VersionId: ${id}`;
    throw new JsonFault(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...(version.text === undefined ? {} : { SecretString: version.text }),
    ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
    VersionStages: version.stages,
    CreatedDate: seconds(version.createdAt),
  };
}

export function describeSecret(shelf: Shelf, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"), { canBeDeleted: true });
  const stages = secret.versions.filter(isStaged).map((each) => [each.id, each.stages] as const);
  return { ...summary(secret), VersionIdsToStages: Object.fromEntries(stages) };
}

function summary(secret: StoredSecret) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.changedAt),
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: seconds(secret.deletedAt) }),
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

const isStaged = (version: SecretVersion) => version.stages.length > 0;

export function listSecretVersionIds(shelf: Shelf, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"));
  const wanted = input["IncludeDeprecated"] === true ? secret.versions : secret.versions.filter(isStaged);
  const { page, next } = paged(wanted, input, (version) => version.id);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: page.map((each) => ({
      VersionId: each.id,
      VersionStages: each.stages,
      CreatedDate: seconds(each.createdAt),
    })),
    ...next,
  };
}

/** By name; SortOrder asc and desc; filters name, description, tag-key, tag-value and all. */
export function listSecrets(shelf: Shelf, input: Input): unknown {
  const includesDeleted = input["IncludePlannedDeletion"] === true;
  const filters = (input["Filters"] ?? []) as readonly { readonly Key?: string; readonly Values?: readonly string[] }[];
  const wanted = shelf
    .all()
    .filter((secret) => includesDeleted || secret.deletedAt === undefined)
    .filter((secret) => filters.every((filter) => passes(secret, filter.Key ?? "", filter.Values ?? [])));
  const inOrder = textOf(input, "SortOrder") === "desc" ? wanted.toReversed() : wanted;
  const { page, next } = paged(inOrder, input, (secret) => secret.name);
  const stages = (secret: StoredSecret) =>
    Object.fromEntries(secret.versions.filter(isStaged).map((each) => [each.id, each.stages] as const));
  return {
    SecretList: page.map((secret) => ({ ...summary(secret), SecretVersionsToStages: stages(secret) })),
    ...next,
  };
}

/** Values match the beginning of the field, upper and lower case alike but for names; "!" turns it round. */
function passes(secret: StoredSecret, key: string, values: readonly string[]): boolean {
  const fields: Readonly<Record<string, readonly string[]>> = {
    name: [secret.name],
    description: [secret.description ?? ""],
    "tag-key": Object.keys(secret.tags),
    "tag-value": Object.values(secret.tags),
    all: [secret.name, secret.description ?? "", ...Object.keys(secret.tags), ...Object.values(secret.tags)],
  };
  const texts = fields[key];
  if (texts === undefined) throw invalidParameter(`The filter key ${key} is not supported.`);
  return values.some((value) => {
    const isNot = value.startsWith("!");
    const begin = isNot ? value.slice(1) : value;
    const hit = texts.some((text) =>
      key === "name" ? text.startsWith(begin) : text.toLowerCase().startsWith(begin.toLowerCase()),
    );
    return hit !== isNot;
  });
}

function paged<T>(
  items: readonly T[],
  input: Input,
  idOf: (item: T) => string,
): { readonly page: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const limit = numberOf(input, "MaxResults") ?? MAX_RESULTS;
  if (limit < 1 || limit > MAX_RESULTS) throw invalidParameter("MaxResults must be between 1 and 100.");
  const token = textOf(input, "NextToken");
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString();
  const start = after === undefined ? 0 : items.findIndex((item) => idOf(item) === after) + 1;
  if (after !== undefined && start === 0)
    throw new JsonFault("InvalidNextTokenException", "The NextToken value is invalid.");
  const page = items.slice(start, start + limit);
  const isLast = start + limit >= items.length;
  return { page, next: isLast ? {} : { NextToken: Buffer.from(idOf(page.at(-1)!)).toString("base64url") } };
}
