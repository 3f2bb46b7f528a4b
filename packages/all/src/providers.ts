import { aws } from "@trimaran/aws";
import { azure } from "@trimaran/azure";
import type { Cloud, Provider } from "@trimaran/contract";
import { gcp } from "@trimaran/gcp";

export const providers: Readonly<Record<Cloud, Provider>> = { aws, azure, gcp };
