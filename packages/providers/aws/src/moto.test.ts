import { after, before, test } from "node:test";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { objectsSuite } from "@trimaran/conformance";
import { guard } from "@trimaran/contract";
import { motoEnvironment, needsMoto, startMoto } from "../../../../test/emulators/moto.ts";
import type { Emulator } from "../../../../test/emulators/server.ts";
import * as objects from "./objects.ts";

if (needsMoto.skip) test("aws on moto", needsMoto);
else {
  Object.assign(process.env, motoEnvironment);
  let moto: Emulator;
  let count = 0;
  const connection = () => ({ region: "us-east-1", endpoint: moto.url });
  before(async () => {
    moto = await startMoto();
  });
  after(() => moto.stop());

  objectsSuite({
    name: "aws/s3 on moto",
    async reset() {
      const client = new S3Client({ ...connection(), forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: `bucket-${++count}` }));
      client.destroy();
    },
    async make() {
      const settings = { ...connection(), bucket: `bucket-${count}`, forcePathStyle: true };
      return guard(await objects.open(settings, "documents"), objects.classify, "documents");
    },
  });
}
