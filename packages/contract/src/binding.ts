import type { Cloud } from "./app.ts";
import type { DriverKind, DriverOf } from "./drivers.ts";
import type { Classify } from "./errors.ts";
import type { Json } from "./json.ts";

/** With which settings an instance opens its resources. Holds names and addresses, never a secret value. */
export interface Binding {
  readonly version: 1;
  readonly app: string;
  readonly environment: string;
  readonly site: string;
  readonly cloud: Cloud;
  readonly revision: string;
  readonly resources: Readonly<Record<string, BoundResource>>;
}

export interface BoundResource {
  readonly kind: DriverKind;
  /** A module with the shape of `DriverModule`, such as "@trimaran/aws/objects". */
  readonly driver: string;
  /** The site where the data lives. */
  readonly home: string;
  readonly needs: readonly string[];
  readonly settings: Json;
}

/** The binding itself, as JSON. */
export const BINDING_VARIABLE = "TRIMARAN_BINDING";
/** The path of a file that holds the binding; read when TRIMARAN_BINDING is not set. */
export const BINDING_FILE_VARIABLE = "TRIMARAN_BINDING_FILE";

/** What a provider's subpath for one kind exports. */
export interface DriverModule<K extends DriverKind> {
  /** The vendor's SDK is imported in here, not before. invalid_argument when `settings` do not hold; tool_missing when the SDK is not installed. */
  open(settings: unknown, resource: string): Promise<DriverOf[K]>;
  readonly classify: Classify;
}
