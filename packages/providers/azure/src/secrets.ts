import { setTimeout as sleep } from "node:timers/promises";
import type { TokenCredential } from "@azure/identity";
import { type Call, importSdk, namesPage, type SecretDriver, settings as s, shortDigest } from "@trimaran/contract";
import { classify } from "./classify.ts";
import { clientOptions, connection, defaultCredential, limited } from "./connection.ts";
import { secretFeatures } from "./features.ts";

export { classify };

const shape = {
  /** Goes before every name; the driver sees no other secrets. */
  prefix: s.anyText,
  ...connection,
  /** For a vault whose address is not under the domain that its tokens are for. */
  disableChallengeResourceVerification: s.optional(s.flag),
};

/** Reads this driver's settings where they are part of another's. */
export const settingsReader = s.group(shape);

/** How often, and after how many milliseconds, the vault is asked again about a removal that has not come to its end. */
const TRIES = 40;
const PAUSE_MS = 500;
/** Characters that a name may have. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates */
const NAME_LENGTH = 127;
/** The tag that keeps the name of a secret whose own is too long with the prefix. */
const NAME_TAG = "trimaran-name";

/** Opens a Key Vault. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed. */
export async function open(settings: unknown, _resource: string): Promise<SecretDriver> {
  s.readSettings(settings, "settings", shape);
  return openWith(settings, await defaultCredential());
}

/** With a credential of the caller's. */
export async function openWith(settings: unknown, credential: TokenCredential): Promise<SecretDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@azure/keyvault-secrets", () => import("@azure/keyvault-secrets"));
  const client = new sdk.SecretClient(given.endpoint, credential, {
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 2000 },
    disableChallengeResourceVerification: given.disableChallengeResourceVerification ?? false,
    ...clientOptions(given),
  });
  const vaultName = (name: string) => shortened(given.prefix + name);

  /** A removed secret keeps its name until it is purged: gone when this says so, or taken back where it cannot be purged. */
  const freed = async (name: string, call: Call): Promise<void> => {
    try {
      const poller = await limited(call, (abortSignal) =>
        client.beginRecoverDeletedSecret(name, { abortSignal, intervalInMs: PAUSE_MS }),
      );
      await poller.pollUntilDone({ abortSignal: call.signal });
    } catch (e) {
      // Being purged just now.
      const code = classify(e);
      if (code !== "not_found" && code !== "conflict") throw e;
    }
  };

  return {
    id: "azure/key-vault",
    can: new Set(secretFeatures),
    native: client,

    async get(name, version, call) {
      const which = version === undefined ? {} : { version };
      const out = await limited(call, (abortSignal) => client.getSecret(vaultName(name), { ...which, abortSignal }));
      return { value: out.value ?? "", version: out.properties.version ?? "" };
    },

    async put(name, value, call) {
      const own = vaultName(name);
      const tags = own === given.prefix + name ? {} : { tags: { [NAME_TAG]: name } };
      for (let tries = 1; ; tries++) {
        try {
          const out = await limited(call, (abortSignal) => client.setSecret(own, value, { ...tags, abortSignal }));
          return { version: out.properties.version ?? "" };
        } catch (e) {
          if (classify(e) !== "conflict" || tries === TRIES) throw e;
        }
        await freed(own, call);
        await sleep(PAUSE_MS, undefined, { signal: call.signal });
      }
    },

    async remove(name, call) {
      const own = vaultName(name);
      try {
        const poller = await limited(call, (abortSignal) =>
          client.beginDeleteSecret(own, { abortSignal, intervalInMs: PAUSE_MS }),
        );
        await poller.pollUntilDone({ abortSignal: call.signal });
        await limited(call, (abortSignal) => client.purgeDeletedSecret(own, { abortSignal }));
      } catch (e) {
        const code = classify(e);
        // A vault with purge protection, or without that right, keeps it as deleted: put takes it back.
        const isGone = code === "not_found" || (code === "permission_denied" && (await isDeleted(own, call)));
        if (!isGone) throw e;
      }
    },

    async list(q, call) {
      // The service has no prefix and its own order, so all names are read for every page.
      const names: string[] = [];
      await limited(call, async (abortSignal) => {
        for await (const { name, tags } of client.listPropertiesOfSecrets({ abortSignal })) {
          const whole = tags?.[NAME_TAG];
          if (whole === undefined) names.push(name);
          else if (shortened(given.prefix + whole) === name) names.push(given.prefix + whole);
        }
      });
      return namesPage(names, given.prefix, q);
    },

    async close() {},
  };

  async function isDeleted(name: string, call: Call): Promise<boolean> {
    try {
      await limited(call, (abortSignal) => client.getDeletedSecret(name, { abortSignal }));
      return true;
    } catch (e) {
      if (classify(e) === "not_found") return false;
      throw e;
    }
  }
}

function shortened(name: string): string {
  if (name.length <= NAME_LENGTH) return name;
  const digest = shortDigest(name);
  return `${name.slice(0, NAME_LENGTH - digest.length - 1)}-${digest}`;
}
