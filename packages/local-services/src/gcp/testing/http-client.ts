import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TestCloud } from "../../testing/index.ts";
import { makeTokens } from "../tokens.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: {
    readonly [name: string]: unknown;
    readonly error?: { readonly errors?: readonly { reason: string }[] };
  };
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Null for none; one that holds for an hour otherwise. */
  readonly token?: string | null;
}

/** Bare requests to one service, for what no client library sends. */
export function makeClient(cloud: TestCloud, service: string, now: () => number = Date.now) {
  const tokens = makeTokens(Buffer.from(cloud.config.rootKey, "hex"), now);
  return (
    method: string,
    path: string,
    { headers = {}, body, token = tokens.issue().token }: Ask = {},
  ): Promise<Answer> => {
    const url = new URL(path, cloud.announcement.endpoints[service]);
    const auth: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const options = { method, headers: { ...auth, ...headers }, ca: cloud.announcement.authority, agent: false };
    const request = url.protocol === "https:" ? httpsRequest(url, options) : httpRequest(url, options);
    return new Promise((resolve, reject) => {
      request.on("error", reject).on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const json = text.startsWith("{") ? (JSON.parse(text) as Answer["json"]) : {};
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      });
      request.end(body);
    });
  };
}

export type Client = ReturnType<typeof makeClient>;

export const reasonOf = (answer: Answer) => answer.json.error?.errors?.[0]?.reason;
