/** A person in front of a real browser: asks, sees which cloud answered, adds a document, and goes on while a cloud dies. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { findProgram, needs } from "../parts.ts";
import { atEnd, copyExample, root, siteOf, trimaran, up } from "./support/cli.ts";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

test("MedAssistant in a browser, while a cloud dies", needs("chromium"), async (t) => {
  const app = copyExample(t, "medassistant");
  const running = await up(t, app);
  const browser: Browser = await chromium.launch({ executablePath: findProgram("chromium") ?? "", args: quiet });
  atEnd(t, () => browser.close());
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 }, colorScheme: "light" });
  const problems: string[] = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  await page.goto(running.url);
  await page.locator("#documents li").nth(11).waitFor();
  assert.equal(await page.locator("#documents li").count(), 12, "a dozen documents");

  const textOf = async (selector: string) => (await page.locator(selector).textContent()) ?? "";
  const ask = async (question: string) => {
    await page.fill("#question", question);
    await page.click("#ask button");
    await page.locator("#answer .cloud").waitFor();
    return { cloud: await textOf("#answer .cloud"), text: await textOf("#answer") };
  };
  const clouds = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const { cloud, text } = await ask("How much paracetamol may an adult take in a day?");
    assert.match(text, /4000 mg/);
    clouds.add(cloud.split(" ")[0] ?? "");
  }
  assert.deepEqual([...clouds].sort(), ["aws", "azure"]);
  if (process.env["TRIMARAN_SCREENSHOT"] === "1") await page.screenshot({ path: join(root, "docs/medassistant.png") });

  await page.setInputFiles("#file", {
    name: "gout.md",
    mimeType: "text/markdown",
    buffer: Buffer.from("# Gout\n\nGout is treated with colchicine.\n"),
  });
  await page.locator("#documents li", { hasText: "gout.md" }).waitFor();
  assert.match((await ask("What is gout treated with?")).text, /colchicine/);

  assert.equal((await trimaran(app, ["chaos", "kill", "azure"])).status, 0);
  for (let i = 0; i < 4; i++) assert.match((await ask("Can I give my child aspirin?")).cloud, /^aws/);
  await page.reload();
  await page.locator("#documents li").nth(12).waitFor();
  await trimaran(app, ["chaos", "heal", "azure"]);
  await running.until("azure is back", (s) => siteOf(s, "azure").state === "healthy");
  assert.deepEqual(problems, []);
  assert.equal(await textOf("#problem"), "");
});
