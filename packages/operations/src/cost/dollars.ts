import { figure, type PriceLine } from "@trimaran/contract";
import type { Sum } from "./estimate.ts";

/** Dollars and cents; what is there and less than a cent is not written as nothing. */
export function dollars(usd: number): string {
  if (usd !== 0 && Math.abs(usd) < 0.005) return usd > 0 ? "<0.01" : ">-0.01";
  const [whole = "", cents] = usd.toFixed(2).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`;
}

/** A price as the source has it, however small: at most six digits that matter. */
export function unitPrice(usd: number): string {
  const [head = "", exponent] = usd.toPrecision(6).split("e");
  const plain = exponent === undefined ? head : usd.toFixed(Math.min(20, 6 - Number(exponent)));
  return plain.includes(".") ? plain.replace(/0+$/, "").replace(/\.$/, "") : plain;
}

/** "12.34", "no price", or "12.34 + 2 without a price". */
export function sumText({ usd, unpriced }: Sum): string {
  if (unpriced === 0) return dollars(usd);
  return usd === 0 ? "no price" : `${dollars(usd)} + ${unpriced} without a price`;
}

/** Quantity times unit price, part by part: "100 GB free + 401.25 GB at 0.09". Without a price, the quantity alone. */
export function partsText({ parts, quantity, unit }: Pick<PriceLine, "parts" | "quantity" | "unit">): string {
  // "24.28 x 1M requests"
  const counted = (n: number) => `${figure(n)} ${/^\d/.test(unit) ? "x " : ""}${unit}`;
  if (parts.length === 0) return counted(quantity);
  return parts
    .map((p) => (p.usdEach === 0 ? `${counted(p.quantity)} free` : `${counted(p.quantity)} at ${unitPrice(p.usdEach)}`))
    .join(" + ");
}
