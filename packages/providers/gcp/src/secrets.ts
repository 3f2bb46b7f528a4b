import { importSdk, namesPage, type SecretDriver, settings as s, TrimaranError } from "@trimaran/contract";
import { classify } from "./classify.ts";
import { limited } from "./connection.ts";
import { secretFeatures } from "./features.ts";
import { connection, hostOf } from "./grpc.ts";

export { classify };

const shape = {
  /** Goes before every name; the driver sees no other secrets. */
  prefix: s.anyText,
  ...connection,
};

/** Reads this driver's settings where they are part of another's. */
export const settingsReader = s.group(shape);

/** Somebody else may remove a secret between its making and its first version. */
const TRIES = 5;

/** Opens Secret Manager. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed. */
export async function open(settings: unknown, _resource: string): Promise<SecretDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@google-cloud/secret-manager", () => import("@google-cloud/secret-manager"));
  const at = given.endpoint === undefined ? undefined : hostOf(given.endpoint);
  const client = new sdk.SecretManagerServiceClient({
    projectId: given.project,
    ...(at === undefined ? {} : { apiEndpoint: at.host, port: at.port }),
  });
  const project = `projects/${given.project}`;
  const secretOf = (name: string) => `${project}/secrets/${given.prefix}${name}`;

  return {
    id: "gcp/secret-manager",
    can: new Set(secretFeatures),
    native: client,

    async get(name, version, call) {
      const path = `${secretOf(name)}/versions/${version ?? "latest"}`;
      const [out] = await limited(call, () => client.accessSecretVersion({ name: path }));
      const data = out.payload?.data;
      if (data === undefined || data === null) throw new TrimaranError("not_found", "the version has no value");
      return { value: Buffer.from(data as Uint8Array).toString("utf8"), version: versionOf(out.name) };
    },

    async put(name, value, call) {
      const payload = { data: Buffer.from(value, "utf8") };
      for (let tries = 1; ; tries++) {
        try {
          const [out] = await limited(call, () => client.addSecretVersion({ parent: secretOf(name), payload }));
          return { version: versionOf(out.name) };
        } catch (e) {
          if (classify(e) !== "not_found" || tries === TRIES) throw e;
        }
        const secret = { replication: { automatic: {} } };
        const secretId = `${given.prefix}${name}`;
        try {
          await limited(call, () => client.createSecret({ parent: project, secretId, secret }));
        } catch (e) {
          if (classify(e) !== "already_exists") throw e;
        }
      }
    },

    async remove(name, call) {
      try {
        await limited(call, () => client.deleteSecret({ name: secretOf(name) }));
      } catch (e) {
        if (classify(e) !== "not_found") throw e;
      }
    },

    async list(q, call) {
      // The order is not promised, so all names are read for every page.
      const [secrets] = await limited(call, () => client.listSecrets({ parent: project }));
      const names = secrets.map((secret) => secret.name?.split("/").at(-1) ?? "");
      return namesPage(names, given.prefix, q);
    },

    async close() {
      await client.close();
    },
  };
}

function versionOf(name: string | null | undefined): string {
  return name?.split("/").at(-1) ?? "";
}
