import { blobFailure, invalidQuery } from "./errors.ts";

const MAX = 5000;

/** `maxresults`: at most 5,000, which is also what is meant where it is left out. */
export function pageSize(value: string | undefined): number {
  if (value === undefined) return MAX;
  if (!/^-?\d+$/.test(value)) throw invalidQuery("maxresults", value);
  if (Number(value) < 1) {
    throw blobFailure("OutOfRangeQueryParameterValue", {
      details: { QueryParameterName: "maxresults", QueryParameterValue: value },
    });
  }
  return Math.min(MAX, Number(value));
}
