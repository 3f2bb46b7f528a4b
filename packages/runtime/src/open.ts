import {
  type Binding,
  codeOf,
  type Driver,
  type DriverKind,
  type DriverModule,
  type DriverOf,
  guard,
  isTrimaranError,
  TrimaranError,
} from "@trimaran/contract";
import { boundResource, readBinding, yamlLine } from "./binding.ts";
import { Kv } from "./kv.ts";
import type { PortContext } from "./limits.ts";
import { importModule } from "./modules.ts";
import { Objects } from "./objects/objects.ts";
import type { Pg } from "./postgres/client.ts";
import { Postgres, type PostgresOptions } from "./postgres/postgres.ts";
import { Secrets, type SecretsOptions } from "./secrets.ts";

/** Opens the app's resources by the names that they have in trimaran.yaml. Each call makes a client of its own: open once, at the start. */
export interface Opener {
  /** A resource of type `bucket`. */
  objects(name: string): Promise<Objects>;
  /** A resource of type `kv`. */
  kv(name: string): Promise<Kv>;
  /** A resource of type `postgres`. */
  postgres(name: string, options?: PostgresOptions): Promise<Postgres>;
  /** A resource of type `secret`: its own value has the name "value". */
  secrets(name: string, options?: SecretsOptions): Promise<Secrets>;
  /** Which app, environment, site and revision this process is. */
  binding(): Promise<Binding>;
}

export interface OpenerOptions {
  /** The binding itself; else it is read from `env`. */
  readonly binding?: Binding;
  /** The process's own when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the app's dependencies are looked up; the working folder when left out. */
  readonly folder?: string;
  readonly now?: () => number;
  /** 0 to 1, for the jitter of repeated calls. */
  readonly random?: () => number;
}

/**
 * An opener over a binding of its own. Nothing is read before the first resource is opened, and the binding is read once.
 *
 * Opening throws not_found (no binding, no such resource), invalid_argument (another kind, settings that do not hold),
 * unsupported (the driver lacks one of the resource's `needs`) and tool_missing (a package that is not installed), each with what to do.
 */
export function createOpener(options: OpenerOptions = {}): Opener {
  const { now = Date.now, random = Math.random } = options;
  const folder = () => options.folder ?? process.cwd();
  let reading: Promise<Binding> | undefined;
  const binding = () => {
    if (options.binding !== undefined) return Promise.resolve(options.binding);
    reading ??= readBinding(options.env ?? process.env).catch((e: unknown) => {
      reading = undefined; // What is not there yet may come.
      throw e;
    });
    return reading;
  };

  async function open<K extends DriverKind>(kind: K, name: string): Promise<readonly [DriverOf[K], PortContext]> {
    const bound = boundResource(await binding().catch((e: unknown) => withLine(e, name, kind)), name, kind);
    const module = driverModule<K>(await importModule(bound.driver, folder()), bound.driver);
    const driver = await module.open(bound.settings, name).catch((e: unknown) => {
      throw openError(e, module, bound.driver, name);
    });
    const guarded = guard<DriverOf[K]>(driver, module.classify, name, bound.home);
    await checkNeeds(guarded, bound.needs, name);
    return [guarded, { resource: name, home: bound.home, classify: module.classify, now, random }];
  }

  return {
    binding,
    objects: async (name) => new Objects(...(await open("objects", name))),
    kv: async (name) => new Kv(...(await open("kv", name))),
    async secrets(name, secretsOptions) {
      return new Secrets(...(await open("secrets", name)), secretsOptions);
    },
    async postgres(name, postgresOptions) {
      const [driver, context] = await open("postgres", name);
      const pg = (await importModule("pg", folder())) as Pg & { readonly default?: Pg };
      return new Postgres(pg.default ?? pg, driver, context, postgresOptions);
    },
  };
}

/** The opener of this process, over the binding in its environment. */
export const open: Opener = createOpener();

function withLine(e: unknown, name: string, kind: DriverKind): never {
  if (!isTrimaranError(e) || e.code !== "not_found") throw e;
  const hint = `${e.hint}, with this in trimaran.yaml: ${yamlLine(name, kind)}`;
  throw new TrimaranError(e.code, e.message, { cause: e.cause, hint, at: { resource: name } });
}

function openError(
  e: unknown,
  { classify }: DriverModule<DriverKind>,
  driver: string,
  resource: string,
): TrimaranError {
  if (isTrimaranError(e)) return e;
  return new TrimaranError(codeOf(e, classify), `${driver} open ${resource}`, {
    cause: e,
    at: { op: "open", resource },
  });
}

function driverModule<K extends DriverKind>(module: unknown, specifier: string): DriverModule<K> {
  const { open: opens, classify } = module as Partial<DriverModule<K>>;
  if (typeof opens !== "function" || typeof classify !== "function") {
    throw new TrimaranError("invalid_argument", `${specifier} is no driver: it exports no open and classify`);
  }
  return module as DriverModule<K>;
}

async function checkNeeds(driver: Driver<string>, needs: readonly string[], name: string): Promise<void> {
  const missing = needs.filter((need) => !driver.can.has(need));
  if (missing.length === 0) return;
  await driver.close();
  throw new TrimaranError("unsupported", `${name} needs ${missing.join(", ")}, which ${driver.id} cannot do`, {
    hint: `in trimaran.yaml: take ${missing.join(", ")} out of the needs of ${name}, or choose another site for it`,
    at: { driver: driver.id, resource: name },
  });
}
