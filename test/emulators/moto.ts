import { needs } from "../parts.ts";
import { type Emulator, freePort, startEmulator } from "./server.ts";

/** moto (Python): S3, DynamoDB, Secrets Manager. https://docs.getmoto.org */
export const needsMoto = needs("moto_server");

export async function startMoto(): Promise<Emulator> {
  const port = await freePort();
  return startEmulator(port, ["moto_server", "-H", "127.0.0.1", "-p", String(port)]);
}

/** moto takes any credentials; the SDK's default chain finds these. */
export const motoEnvironment = {
  AWS_ACCESS_KEY_ID: "testing",
  AWS_SECRET_ACCESS_KEY: "testing",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
} as const;
