import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { App } from "@trimaran/contract";
import { parseSpec } from "@trimaran/spec";

export interface TinyApp {
  readonly folder: string;
  readonly stateFolder: string;
  readonly specText: string;
  readonly app: App;
}

/** A copy of testdata/tiny-app in a folder of its own whose name has a blank; `edit` changes its spec. */
export function tinyApp(t: TestContext, edit: (spec: string) => string = (spec) => spec): TinyApp {
  const folder = mkdtempSync(join(tmpdir(), "tiny app-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  cpSync(fileURLToPath(new URL("../../testdata/tiny-app", import.meta.url)), folder, { recursive: true });
  return readTinyApp(folder, edit);
}

export function readTinyApp(folder: string, edit: (spec: string) => string = (spec) => spec): TinyApp {
  const specText = edit(readFileSync(join(folder, "trimaran.yaml"), "utf8"));
  const parsed = parseSpec(specText, { file: "trimaran.yaml" });
  if (!parsed.ok) throw new Error(parsed.problems.map((p) => p.message).join("\n"));
  return { folder, stateFolder: join(folder, ".trimaran/default"), specText, app: parsed.app };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly site: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export function ask(url: string, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { agent, method: body === undefined ? "GET" : "POST", timeout: 20_000 },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: text,
            site: String(answer.headers["x-trimaran-site"] ?? ""),
          }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.on("error", reject);
    sent.end(body);
  });
}

export interface Load {
  /** Ends it and answers with what was not 200. */
  stop(): Promise<{ readonly asked: number; readonly failures: readonly string[] }>;
  readonly sites: Map<string, number>;
}

/** About 100 GETs a second. */
export function startLoad(url: string, path = "/whoami"): Load {
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  const sites = new Map<string, number>();
  let asked = 0;
  const timer = setInterval(() => {
    asked++;
    const one = ask(url, path).then(
      ({ status, site }) => {
        sites.set(site, (sites.get(site) ?? 0) + 1);
        if (status !== 200) failures.push(`${status} from ${site}`);
      },
      (e: unknown) => void failures.push(String(e)),
    );
    open.add(one);
    void one.finally(() => open.delete(one));
  }, 10);
  return {
    sites,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      return { asked, failures };
    },
  };
}

/** Asks again until it is so; throws after `limitMs`. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    if (await isSo()) return;
    await sleep(30);
  }
  throw new Error(`not within ${limitMs} ms: ${what}`);
}
