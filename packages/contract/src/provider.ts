import type { Cloud } from "./app.ts";
import type { DriverModule } from "./binding.ts";
import type { DriverKind, FeatureOf } from "./drivers.ts";
import type { Json } from "./json.ts";
import type { LocalCloudAnnouncement } from "./local-cloud.ts";

/** One cloud's doors. A missing kind does not compile. */
export interface Provider {
  readonly id: Cloud;
  readonly kinds: { readonly [K in DriverKind]: ProviderKind<K> };
  /** Variables that lead each SDK's default credential chain to a local cloud. Values may be secret: never log them. */
  localEnvironment(cloud: LocalCloudAnnouncement, region: string): Readonly<Record<string, string>>;
}

export interface ProviderKind<K extends DriverKind> {
  /** Known without an SDK: `validate` and `up` compare it with a resource's needs. */
  readonly features: readonly FeatureOf[K][];
  /** What the binding names: "@trimaran/aws/objects". */
  readonly module: string;
  load(): Promise<DriverModule<K>>;
  /** The physical name at the service, within the service's rules, for any app and resource name. */
  physicalName(of: ResourcePlace): string;
  /** The binding's settings for a resource at a local cloud. */
  localSettings(of: ResourcePlace, cloud: LocalCloudAnnouncement): Json;
  /** What `resourceFields` offers for the type and the settings know: "name", "endpoint", "region". Nothing secret. */
  fields(of: ResourcePlace, settings: Json): Readonly<Record<string, string>>;
}

export interface ResourcePlace {
  readonly app: string;
  readonly environment: string;
  readonly resource: string;
  readonly site: string;
  readonly region: string;
}
