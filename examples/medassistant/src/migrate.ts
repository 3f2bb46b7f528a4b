import { readdirSync, readFileSync } from "node:fs";
import { codeOf, open } from "@trimaran/runtime";

/** Runs once a release, before any instance of it gets traffic: the schema, and the first documents. Running it again changes nothing. */
const migrations: readonly string[] = [
  `CREATE TABLE records (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     question text NOT NULL,
     site text NOT NULL,
     cloud text NOT NULL,
     asked_at timestamptz NOT NULL DEFAULT now()
   )`,
  "CREATE INDEX records_asked_at ON records (asked_at)",
];

await using records = await open.postgres("records", { role: "owner" });
await records.transaction(async (client) => {
  await client.query(
    "CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
  );
  const { rows } = await client.query<{ number: number }>("SELECT number FROM migrations");
  const applied = new Set(rows.map((r) => r.number));
  for (const [number, sql] of migrations.entries()) {
    if (applied.has(number)) continue;
    await client.query(sql);
    await client.query("INSERT INTO migrations (number) VALUES ($1)", [number]);
    console.log(`applied migration ${number}`);
  }
});

await using documents = await open.objects("documents");
const folder = new URL("../documents/", import.meta.url);
let isFirst = true;
for await (const _ of documents.list()) {
  isFirst = false;
  break;
}
if (isFirst) {
  await Promise.all(
    readdirSync(folder).map(async (name) => {
      try {
        await documents.write(name, readFileSync(new URL(name, folder)), {
          contentType: "text/markdown",
          only: "if_absent",
        });
      } catch (e) {
        if (codeOf(e) !== "already_exists") throw e;
      }
    }),
  );
  console.log("uploaded the first documents");
}
