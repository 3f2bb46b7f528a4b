import { pricing as aws } from "@trimaran/aws/price";
import { pricing as azure } from "@trimaran/azure/price";
import type { Pricing } from "@trimaran/contract";
import { pricing as gcp } from "@trimaran/gcp/price";

export * from "@trimaran/operations/cost";

/** Apart from the providers themselves: prices need none of their drivers. */
export const pricings: readonly Pricing[] = [aws, azure, gcp];
