import type { SecretDriver } from "@trimaran/contract";
import { Secrets } from "@trimaran/runtime";
import { type Acts, commonFaultCases, portContext } from "../faults/cases.ts";
import type { SecretsHarness } from "./suite.ts";

const port = (driver: SecretDriver) => new Secrets(driver, portContext, { ttlMs: 0 });

const acts: Acts<SecretDriver> = {
  seed: async (driver, call) => void (await driver.put("large", "0123456789abcdef".repeat(1500), call)),
  read: (driver, call) => driver.get("large", undefined, call),
  calls: {
    get: (driver, call) => driver.get("large", undefined, call),
    put: (driver, call) => driver.put("other", "text", call),
    remove: (driver, call) => driver.remove("other", call),
    list: (driver, call) => driver.list({ limit: 10 }, call),
  },
  appReads: (driver, timeoutMs) => port(driver).get("large", { timeoutMs }),
  appWrites: (driver, value) => port(driver).put(value, "small", { timeoutMs: 30_000 }),
  appReadsBack: async (driver) => (await port(driver).get("small", { timeoutMs: 30_000 })).reveal(),
};

export const connectionCases = commonFaultCases<SecretDriver, SecretsHarness>(acts);
