import { ApiFault } from "../faults.ts";
import { projectId, projectNumber } from "../project.ts";

/** The one database of the project. */
export const database = `projects/${projectId}/databases/(default)`;
const root = `${database}/documents`;

/** A document's place: the collection's path below the database ("users", "users/ada/notes") and the id in it. */
export interface DocumentPath {
  readonly collection: string;
  readonly id: string;
}

export function documentName({ collection, id }: DocumentPath): string {
  return `${root}/${collection}/${id}`;
}

/** INVALID_ARGUMENT when it names no document, PERMISSION_DENIED or NOT_FOUND when it lies elsewhere. */
export function readDocumentName(name: string | undefined): DocumentPath {
  const segments = readSegments(name);
  const id = segments.pop();
  if (id === undefined || segments.length % 2 === 0) throw malformed(name);
  for (const segment of [...segments, id]) demandId(segment);
  return { collection: segments.join("/"), id };
}

/** The collection path of `collectionId` below a parent, which is the root or a document. */
export function readParent(parent: string | undefined): string {
  const segments = readSegments(parent);
  if (segments.length % 2 !== 0) throw malformed(parent);
  for (const segment of segments) demandId(segment);
  return segments.join("/");
}

export function below(parent: string, collectionId: string): string {
  return parent === "" ? collectionId : `${parent}/${collectionId}`;
}

/** Checks `projects/P/databases/D`. */
export function demandDatabase(name: string | undefined): void {
  if (name === database) return;
  const match = /^projects\/([^/]+)\/databases\/([^/]+)$/.exec(name ?? "");
  if (match === null) throw new ApiFault("INVALID_ARGUMENT", `Invalid database name: ${name ?? ""}`);
  const [, project = "", id = ""] = match;
  if (project !== projectId && project !== projectNumber) {
    throw new ApiFault("PERMISSION_DENIED", `Missing or insufficient permissions for the project ${project}.`);
  }
  if (id !== "(default)") {
    throw new ApiFault("NOT_FOUND", `The database ${id} does not exist for project ${project}`);
  }
}

function readSegments(name: string | undefined): string[] {
  const parts = (name ?? "").split("/");
  if (parts[4] !== "documents") throw malformed(name);
  demandDatabase(parts.slice(0, 4).join("/"));
  return parts.slice(5);
}

function malformed(name: string | undefined): ApiFault {
  return new ApiFault("INVALID_ARGUMENT", `Document name "${name ?? ""}" is not of the form that is needed here.`);
}

/** https://cloud.google.com/firestore/quotas#collections_documents_and_fields */
export function demandId(id: string): void {
  const isReserved = /^__.*__$/s.test(id) && !numericId.test(id);
  if (id !== "" && id !== "." && id !== ".." && !isReserved && Buffer.byteLength(id) <= 1500) return;
  throw new ApiFault(
    "INVALID_ARGUMENT",
    `Resource id "${id}" is invalid${isReserved ? " because it is reserved" : ""}.`,
  );
}

/** Ids that Datastore once gave out as numbers; they come first, by their number. */
const numericId = /^__id(-?\d{1,19})__$/;

/** A record key that orders as Firestore orders ids. */
export function toKey(id: string): string {
  const number = numericId.exec(id)?.[1];
  if (number === undefined) return `1${id}`;
  const shifted = BigInt(number) + 2n ** 63n;
  return `0${shifted.toString().padStart(20, "0")}`;
}

export function fromKey(key: string): string {
  if (key.startsWith("1")) return key.slice(1);
  return `__id${BigInt(key.slice(1)) - 2n ** 63n}__`;
}

/** Orders two relative or full document paths, segment by segment. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [a.split("/"), b.split("/")];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = Buffer.compare(Buffer.from(toKey(left[at] ?? "")), Buffer.from(toKey(right[at] ?? "")));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
