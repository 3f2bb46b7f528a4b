import type { Need } from "../auth/grant.ts";
import { batch } from "./batch.ts";
import type { TableOperation } from "./call.ts";
import { deleteEntity, insertEntity, mergeEntity, replaceEntity } from "./entities.ts";
import { createTable, deleteTable, queryTables } from "./manage.ts";
import { getEntity, queryEntities } from "./query.ts";

const table = (permissions: string): Need => ({ on: "container", permissions, byServiceSas: false });
const entity = (permissions: string): Need => ({ on: "object", permissions, byServiceSas: true });
const upsert: Need = { ...entity("au"), all: true };

/** Every call of the Table service that is answered. Any other call is NotImplemented. */
export const tableOperations: readonly TableOperation[] = [
  { name: "Query Tables", methods: ["GET"], on: "tables", need: table("l"), answer: queryTables },
  { name: "Create Table", methods: ["POST"], on: "tables", need: table("cw"), answer: createTable },
  { name: "Delete Table", methods: ["DELETE"], on: "table", need: table("d"), answer: deleteTable },
  { name: "Query Entities", methods: ["GET"], on: "entities", need: entity("r"), answer: queryEntities },
  { name: "Get Entity", methods: ["GET"], on: "entity", need: entity("r"), answer: getEntity },
  { name: "Insert Entity", methods: ["POST"], on: "entities", need: entity("a"), answer: insertEntity },
  {
    name: "Update Entity",
    methods: ["PUT"],
    on: "entity",
    withIfMatch: true,
    need: entity("u"),
    answer: replaceEntity,
  },
  {
    name: "Insert Or Replace Entity",
    methods: ["PUT"],
    on: "entity",
    withIfMatch: false,
    need: upsert,
    answer: replaceEntity,
  },
  {
    name: "Merge Entity",
    methods: ["PATCH", "MERGE"],
    on: "entity",
    withIfMatch: true,
    need: entity("u"),
    answer: mergeEntity,
  },
  {
    name: "Insert Or Merge Entity",
    methods: ["PATCH", "MERGE"],
    on: "entity",
    withIfMatch: false,
    need: upsert,
    answer: mergeEntity,
  },
  { name: "Delete Entity", methods: ["DELETE"], on: "entity", need: entity("d"), answer: deleteEntity },
  { name: "Entity Group Transaction", methods: ["POST"], on: "batch", need: entity("raud"), answer: batch },
];
