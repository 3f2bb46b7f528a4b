import { JsonFault } from "../json-service.ts";
import {
  demandText,
  type Input,
  invalidParameter,
  numberOf,
  seconds,
  secretValueOf,
  tagsOf,
  textOf,
  textsOf,
} from "./input.ts";
import { CURRENT, type SecretVersion, type StoredSecret, withVersion } from "./model.ts";
import type { Shelf } from "./shelf.ts";

const DAY_MS = 24 * 3600 * 1000;

export interface Writing {
  readonly shelf: Shelf;
  readonly now: () => number;
}

export function createSecret({ shelf, now }: Writing, input: Input): unknown {
  const name = demandText(input, "Name");
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
    throw invalidParameter(
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    );
  }
  const value = secretValueOf(input);
  const there = shelf.find(name);
  if (there?.deletedAt !== undefined) {
    const message = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    throw new JsonFault("InvalidRequestException", message);
  }
  const token = tokenOf(input, shelf);
  if (there !== undefined) {
    const same = there.versions.find((each) => each.id === token);
    // The same request again, after its answer was lost.
    if (same !== undefined && isSame(same, value)) return { ARN: there.arn, Name: name, VersionId: token };
    throw new JsonFault("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
  }
  const at = now();
  const description = textOf(input, "Description");
  shelf.put({
    name,
    arn: shelf.newArn(name),
    createdAt: at,
    changedAt: at,
    ...(description === undefined ? {} : { description }),
    tags: tagsOf(input),
    versions: value === undefined ? [] : [{ id: token, createdAt: at, stages: [CURRENT], ...value }],
  });
  const made = shelf.demand(name);
  return { ARN: made.arn, Name: name, ...(value === undefined ? {} : { VersionId: token }) };
}

export function putSecretValue({ shelf, now }: Writing, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"));
  const value = secretValueOf(input);
  if (value === undefined) throw invalidParameter("You must provide either SecretString or SecretBinary.");
  const stages = textsOf(input, "VersionStages") ?? [CURRENT];
  const version = addVersion(secret, shelf, now(), tokenOf(input, shelf), value, stages);
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
}

export function updateSecret({ shelf, now }: Writing, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"));
  const value = secretValueOf(input);
  const description = textOf(input, "Description");
  const at = now();
  if (description !== undefined) shelf.put({ ...secret, description, changedAt: at });
  const answer = { ARN: secret.arn, Name: secret.name };
  if (value === undefined) return answer;
  const version = addVersion(shelf.demand(secret.name), shelf, at, tokenOf(input, shelf), value, [CURRENT]);
  return { ...answer, VersionId: version.id };
}

function addVersion(
  secret: StoredSecret,
  shelf: Shelf,
  at: number,
  id: string,
  value: { readonly text: string } | { readonly binary: string },
  stages: readonly string[],
): SecretVersion {
  const there = secret.versions.find((each) => each.id === id);
  if (there !== undefined) {
    if (isSame(there, value)) return there;
    throw new JsonFault("ResourceExistsException", "A version with this ClientRequestToken and another value exists.");
  }
  // The first version is the current one, whatever it was given.
  const all = secret.versions.length === 0 ? [...new Set([CURRENT, ...stages])] : stages;
  const versions = withVersion(secret.versions, { id, createdAt: at, stages: all, ...value });
  shelf.put({ ...secret, versions, changedAt: at });
  return versions.find((each) => each.id === id)!;
}

function tokenOf(input: Input, shelf: Shelf): string {
  const token = textOf(input, "ClientRequestToken");
  if (token === undefined) return shelf.newVersionId();
  if (token.length < 32 || token.length > 64) {
    throw invalidParameter("ClientRequestToken must be 32-64 characters long.");
  }
  return token;
}

function isSame(
  version: SecretVersion,
  value: { readonly text?: string; readonly binary?: string } | undefined,
): boolean {
  return version.text === value?.text && version.binary === value?.binary;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
export function deleteSecret({ shelf, now }: Writing, input: Input): unknown {
  const id = demandText(input, "SecretId");
  const isForced = input["ForceDeleteWithoutRecovery"] === true;
  const days = numberOf(input, "RecoveryWindowInDays");
  if (isForced && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  const secret = shelf.demand(id, { canBeDeleted: isForced });
  const at = now();
  if (isForced) {
    shelf.remove(secret.name);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(at) };
  }
  const deleteAt = at + (days ?? 30) * DAY_MS;
  shelf.put({ ...secret, deletedAt: at, deleteAt });
  return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(deleteAt) };
}

export function restoreSecret({ shelf }: Writing, input: Input): unknown {
  const {
    deletedAt: _at,
    deleteAt: _until,
    ...secret
  } = shelf.demand(demandText(input, "SecretId"), { canBeDeleted: true });
  shelf.put(secret);
  return { ARN: secret.arn, Name: secret.name };
}

export function tagResource({ shelf }: Writing, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"));
  shelf.put({ ...secret, tags: { ...secret.tags, ...tagsOf(input) } });
  return {};
}

export function untagResource({ shelf }: Writing, input: Input): unknown {
  const secret = shelf.demand(demandText(input, "SecretId"));
  const gone = new Set(textsOf(input, "TagKeys") ?? []);
  shelf.put({ ...secret, tags: Object.fromEntries(Object.entries(secret.tags).filter(([key]) => !gone.has(key))) });
  return {};
}
