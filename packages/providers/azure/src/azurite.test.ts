import { after, before, test } from "node:test";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { objectsSuite } from "@trimaran/conformance";
import { guard } from "@trimaran/contract";
import { azuriteAccount, needsAzurite, startAzurite } from "../../../../test/emulators/azurite.ts";
import * as objects from "./objects.ts";

if (needsAzurite.skip) test("azure on Azurite", needsAzurite);
else {
  let azurite: Awaited<ReturnType<typeof startAzurite>>;
  let count = 0;
  const key = new StorageSharedKeyCredential(azuriteAccount.name, azuriteAccount.key);
  before(async () => {
    azurite = await startAzurite();
  });
  after(() => azurite.stop());

  objectsSuite({
    name: "azure/blob on Azurite",
    async reset() {
      await new BlobServiceClient(azurite.blob, key).createContainer(`container-${++count}`);
    },
    async make() {
      const settings = { endpoint: azurite.blob, container: `container-${count}` };
      return guard(await objects.openWith(settings, key), objects.classify, "documents");
    },
  });
}
