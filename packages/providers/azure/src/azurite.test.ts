import { after, before, test } from "node:test";
import { AzureNamedKeyCredential, TableServiceClient } from "@azure/data-tables";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { kvSuite, objectsSuite } from "@trimaran/conformance";
import { recordResults } from "@trimaran/conformance/testing/record";
import { guard } from "@trimaran/contract";
import { azuriteAccount, needsAzurite, startAzurite } from "../../../../test/emulators/azurite.ts";
import * as kv from "./kv.ts";
import * as objects from "./objects.ts";

if (needsAzurite.skip) test("azure on Azurite", needsAzurite);
else {
  const results = recordResults("azure-azurite");
  const theirs = { name: "Azurite", whose: "vendor's" } as const;
  let azurite: Awaited<ReturnType<typeof startAzurite>>;
  let count = 0;
  const key = new StorageSharedKeyCredential(azuriteAccount.name, azuriteAccount.key);
  before(async () => {
    azurite = await startAzurite();
  });
  after(() => azurite.stop());

  objectsSuite({
    name: "azure/blob on Azurite",
    report: results(theirs),
    async reset() {
      await new BlobServiceClient(azurite.blob, key).createContainer(`container-${++count}`);
    },
    async make() {
      const settings = { endpoint: azurite.blob, container: `container-${count}` };
      return guard(await objects.openWith(settings, key), objects.classify, "documents");
    },
  });

  const tableKey = new AzureNamedKeyCredential(azuriteAccount.name, azuriteAccount.key);
  kvSuite({
    name: "azure/table on Azurite",
    report: results(theirs),
    async reset() {
      const options = { allowInsecureConnection: true };
      await new TableServiceClient(azurite.table, tableKey, options).createTable(`table${++count}`);
    },
    async make() {
      const settings = { endpoint: azurite.table, table: `table${count}`, insecure: true };
      return guard(await kv.openWith(settings, tableKey), kv.classify, "sessions");
    },
  });
}
