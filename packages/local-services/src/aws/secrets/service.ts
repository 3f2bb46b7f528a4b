import type { LocalService } from "../../core/types.ts";
import { JsonFault, makeJsonHandler } from "../json-service.ts";
import type { Input } from "./input.ts";
import { describeSecret, getSecretValue, listSecrets, listSecretVersionIds } from "./read.ts";
import type { Shelf } from "./shelf.ts";
import * as write from "./write.ts";

type Run = (shelf: Shelf, now: () => number, input: Input) => unknown;

const reading =
  (run: (shelf: Shelf, input: Input) => unknown): Run =>
  (shelf, _now, input) =>
    run(shelf, input);
const writing =
  (run: (context: write.Writing, input: Input) => unknown): Run =>
  (shelf, now, input) =>
    shelf.transaction(() => run({ shelf, now }, input));

const operations: Readonly<Record<string, Run>> = {
  CreateSecret: writing(write.createSecret),
  DeleteSecret: writing(write.deleteSecret),
  DescribeSecret: reading(describeSecret),
  GetSecretValue: reading(getSecretValue),
  ListSecretVersionIds: reading(listSecretVersionIds),
  ListSecrets: reading(listSecrets),
  PutSecretValue: writing(write.putSecretValue),
  RestoreSecret: writing(write.restoreSecret),
  TagResource: writing(write.tagResource),
  UntagResource: writing(write.untagResource),
  UpdateSecret: writing(write.updateSecret),
};
export const SECRETS_OPERATIONS: readonly string[] = Object.keys(operations);

/** AWS Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
export function makeSecretsService(shelf: Shelf, rootKey: Uint8Array, now: () => number): LocalService {
  return {
    name: "secretsmanager",
    transport: "https",
    handle: makeJsonHandler({
      service: "secretsmanager",
      target: "secretsmanager",
      contentType: "application/x-amz-json-1.1",
      rootKey,
      now,
      operations: SECRETS_OPERATIONS,
      async run({ operation, input }) {
        const unbuilt = UNBUILT.find((name) => input[name] !== undefined && input[name] !== null);
        if (unbuilt !== undefined)
          throw new JsonFault("InvalidParameterException", `${unbuilt} is not supported by this service.`);
        return operations[operation]!(shelf, now, input);
      },
    }),
  };
}

/** Members that would change what a call does. */
const UNBUILT = ["KmsKeyId", "AddReplicaRegions", "RotationToken", "Type"];
