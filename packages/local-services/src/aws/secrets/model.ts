/** A secret as it is kept: one record with all its versions. */
export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number; // ms since 1970
  readonly changedAt: number;
  readonly accessedAt?: number;
  /** Scheduled for deletion: not readable, restorable until `deleteAt`. */
  readonly deletedAt?: number;
  readonly deleteAt?: number;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: readonly SecretVersion[];
}

export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  readonly stages: readonly string[];
  readonly text?: string;
  /** base64 */
  readonly binary?: string;
}

export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
/** Versions without a stage are deprecated; AWS keeps about a hundred. */
const MAX_VERSIONS = 100;

/**
 * The versions after this one came with these stages. A stage is at one version only; what AWSCURRENT leaves becomes AWSPREVIOUS:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
export function withVersion(versions: readonly SecretVersion[], added: SecretVersion): SecretVersion[] {
  return pruned(moveStages([...versions, { ...added, stages: [] }], added.id, added.stages));
}

function moveStages(versions: readonly SecretVersion[], to: string, stages: readonly string[]): SecretVersion[] {
  const left = versions.find((each) => each.stages.includes(CURRENT))?.id;
  const becomesPrevious = stages.includes(CURRENT) && left !== undefined && left !== to ? left : undefined;
  return versions.map((each) => {
    const kept = each.stages.filter(
      (stage) => !stages.includes(stage) && !(stage === PREVIOUS && becomesPrevious !== undefined),
    );
    const gained = [...(each.id === to ? stages : []), ...(each.id === becomesPrevious ? [PREVIOUS] : [])];
    return { ...each, stages: [...kept, ...gained] };
  });
}

function pruned(versions: readonly SecretVersion[]): SecretVersion[] {
  const surplus = versions.length - MAX_VERSIONS;
  const doomed = new Set(versions.filter((each) => each.stages.length === 0).slice(0, Math.max(0, surplus)));
  return versions.filter((each) => !doomed.has(each));
}
