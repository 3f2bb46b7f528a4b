import { setTimeout as sleep } from "node:timers/promises";
import { importSdk, namesPage, type SecretDriver, settings as s } from "@trimaran/contract";
import { classify } from "./classify.ts";
import { clientConfig, connection } from "./client-config.ts";
import { secretFeatures } from "./features.ts";

export { classify };

const shape = {
  /** Goes before every name; the driver sees no other secrets. */
  prefix: s.anyText,
  ...connection,
};

/** Reads this driver's settings where they are part of another's. */
export const settingsReader = s.group(shape);

/** How often, and after how many milliseconds, a name is tried again that Secrets Manager has not let go of yet. */
const TRIES = 10;
const PAUSE_MS = 500;

/** Opens Secrets Manager. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed. */
export async function open(settings: unknown, _resource: string): Promise<SecretDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const name = "@aws-sdk/client-secrets-manager";
  const sdk = await importSdk(name, () => import("@aws-sdk/client-secrets-manager"));
  const client = new sdk.SecretsManagerClient(clientConfig(given));
  const idOf = (name: string) => `${given.prefix}${name}`;

  return {
    id: "aws/secrets-manager",
    can: new Set(secretFeatures),
    native: client,

    async get(name, version, call) {
      const input = { SecretId: idOf(name), ...(version === undefined ? {} : { VersionId: version }) };
      const out = await client.send(new sdk.GetSecretValueCommand(input), { abortSignal: call.signal });
      return { value: out.SecretString ?? "", version: out.VersionId ?? "" };
    },

    async put(name, value, call) {
      for (let tries = 1; ; tries++) {
        try {
          const input = { SecretId: idOf(name), SecretString: value };
          const out = await client.send(new sdk.PutSecretValueCommand(input), { abortSignal: call.signal });
          return { version: out.VersionId ?? "" };
        } catch (e) {
          if (!(e instanceof sdk.ResourceNotFoundException)) throw e;
        }
        try {
          const input = { Name: idOf(name), SecretString: value };
          const out = await client.send(new sdk.CreateSecretCommand(input), { abortSignal: call.signal });
          return { version: out.VersionId ?? "" };
        } catch (e) {
          // Somebody made it meanwhile, or a removal has not come to its end: it does a little later.
          // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
          const isPassing = e instanceof sdk.ResourceExistsException || e instanceof sdk.InvalidRequestException;
          if (!isPassing || tries === TRIES) throw e;
        }
        await sleep(PAUSE_MS, undefined, { signal: call.signal });
      }
    },

    async remove(name, call) {
      const input = { SecretId: idOf(name), ForceDeleteWithoutRecovery: true };
      try {
        await client.send(new sdk.DeleteSecretCommand(input), { abortSignal: call.signal });
      } catch (e) {
        if (!(e instanceof sdk.ResourceNotFoundException)) throw e;
      }
    },

    async list(q, call) {
      // Its own order is by date, so all names are read for every page.
      const names: string[] = [];
      let token: string | undefined;
      do {
        const filter = given.prefix === "" ? {} : { Filters: [{ Key: "name" as const, Values: [given.prefix] }] };
        const command = new sdk.ListSecretsCommand({
          MaxResults: 100,
          ...filter,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        const page = await client.send(command, { abortSignal: call.signal });
        names.push(...(page.SecretList ?? []).map((secret) => secret.Name ?? ""));
        token = page.NextToken;
      } while (token !== undefined);
      return namesPage(names, given.prefix, q);
    },

    async close() {
      client.destroy();
    },
  };
}
