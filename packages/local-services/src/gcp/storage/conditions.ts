import type { Condition, StoredObject } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import type { Exchange } from "../http.ts";
import { header } from "../http.ts";
import { etagOf } from "./resource.ts";

/** What a request demands of an object: https://cloud.google.com/storage/docs/request-preconditions */
export interface Preconditions {
  readonly generationMatch?: number;
  readonly generationNotMatch?: number;
  readonly metagenerationMatch?: number;
  readonly metagenerationNotMatch?: number;
}

const queryNames = [
  ["generationMatch", "Generation", "Match"],
  ["generationNotMatch", "Generation", "NotMatch"],
  ["metagenerationMatch", "Metageneration", "Match"],
  ["metagenerationNotMatch", "Metageneration", "NotMatch"],
] as const;

/** From `ifGenerationMatch=...`; `source` reads `ifSourceGenerationMatch=...` instead. 400 where it is no number. */
export function queryPreconditions(query: URLSearchParams, source = ""): Preconditions {
  const entries = queryNames.flatMap(([key, what, how]) => {
    const name = `if${source}${what}${how}`;
    const text = query.get(name);
    return text === null || text === "" ? [] : [[key, toInteger(text, name)] as const];
  });
  return Object.fromEntries(entries);
}

/** From the XML API's `x-goog-if-generation-match` headers. */
export function headerPreconditions(x: Exchange): Preconditions {
  const entries = [
    ["generationMatch", "x-goog-if-generation-match"],
    ["metagenerationMatch", "x-goog-if-metageneration-match"],
  ] as const;
  return Object.fromEntries(
    entries.flatMap(([key, name]) => {
      const text = header(x.request, name);
      return text === undefined ? [] : [[key, toInteger(text, name)] as const];
    }),
  );
}

export function toInteger(text: string, name: string): number {
  if (!/^-?\d{1,19}$/.test(text)) throw new StorageFault(400, "invalid", `Invalid value for: ${name}`);
  return Number(text);
}

/** The judgement for a write or a removal; a missing object has generation 0. */
export function meets(when: Preconditions): Condition {
  return (now) => failure(when, now) === undefined;
}

/** Which side failed: a `Match` is 412 everywhere, a `NotMatch` 304 on a read. */
export function failure(when: Preconditions, now: StoredObject | undefined): "match" | "not_match" | undefined {
  const generation = now?.generation ?? 0;
  const metageneration = now?.metageneration ?? 0;
  if (when.generationMatch !== undefined && when.generationMatch !== generation) return "match";
  if (when.metagenerationMatch !== undefined && when.metagenerationMatch !== metageneration) return "match";
  if (when.generationNotMatch !== undefined && when.generationNotMatch === generation) return "not_match";
  if (when.metagenerationNotMatch !== undefined && when.metagenerationNotMatch === metageneration) return "not_match";
  return undefined;
}

export function conditionNotMet(): StorageFault {
  const message = "At least one of the pre-conditions you specified did not hold.";
  return new StorageFault(412, "conditionNotMet", message, "If-Match");
}

/** Judges a read by its query and by If-Match and If-None-Match. Throws 412; "not_modified" stands for a bare 304. */
export function judgeRead(x: Exchange, when: Preconditions, object: StoredObject): "send" | "not_modified" {
  const failed = failure(when, object);
  if (failed === "match") throw conditionNotMet();
  if (failed === "not_match") return "not_modified";
  const wanted = header(x.request, "if-match");
  if (wanted !== undefined && !lists(wanted, object)) throw conditionNotMet();
  const known = header(x.request, "if-none-match");
  return known !== undefined && lists(known, object) ? "not_modified" : "send";
}

function lists(tags: string, object: StoredObject): boolean {
  const plain = tags.split(",").map((tag) => tag.trim().replace(/^W\//, "").replace(/^"|"$/g, ""));
  return (
    plain.includes("*") || plain.includes(etagOf(object)) || plain.includes(Buffer.from(object.md5).toString("hex"))
  );
}
