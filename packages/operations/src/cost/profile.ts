import { type CostProfile, figure, hoursPerMonth } from "@trimaran/contract";

const says: Readonly<Record<keyof CostProfile, string>> = {
  requestsPerSecond: "requests a second, on average over the month",
  averageKiB: "KiB of an answer",
  storedGiB: "GiB of objects stored",
  tokensPerMonth: "tokens of AI models a month",
  averageMs: "ms that an instance works on a request",
  queriesPerRequest: "queries of each database a request",
  databaseWritesPerRequest: "rows written to each database a request",
  queryKiB: "KiB of a query's answer, and of a row",
  kvReadsPerRequest: "reads of each key-value resource a request",
  kvWritesPerRequest: "writes of each key-value resource a request",
  kvStoredGiB: "GiB in each key-value resource",
  objectReadsPerRequest: "objects read a request",
  objectWritesPerRequest: "objects written a request",
  outputTokens: "of the tokens are written by the model",
  logKiB: "KiB of log a request",
  imagesGiB: "GiB of images in each site's registry",
};

/** What the estimate reckons with: the words and the figure, in this order. */
export function assumptionRows(profile: CostProfile): readonly (readonly [string, string])[] {
  const rows = (Object.keys(says) as (keyof CostProfile)[]).map((key): readonly [string, string] => [
    says[key],
    key === "outputTokens" ? `${figure(profile[key] * 100)} %` : figure(profile[key]),
  ]);
  return [["hours in a month", figure(hoursPerMonth)], ...rows];
}
