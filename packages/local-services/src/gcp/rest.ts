import { ApiFault, httpStatus } from "./faults.ts";
import { type Exchange, header, readBody, sendJson } from "./http.ts";
import type { Tokens } from "./tokens.ts";

/** What the JSON forms of the newer APIs share: https://cloud.google.com/apis/design/errors */
export function restManners(tokens: Tokens) {
  return {
    authorize(x: Exchange) {
      const found = tokens.check(header(x.request, "authorization"));
      if (found !== "valid") throw unauthenticated(found);
    },
    refuse(x: Exchange, error: unknown) {
      const fault = error instanceof ApiFault ? error : new ApiFault("INTERNAL", "Internal error encountered.");
      const status = httpStatus(fault.code);
      sendJson(x, status, { error: { code: status, message: fault.message, status: fault.code } });
    },
    unknown: (x: Exchange) =>
      new ApiFault("UNIMPLEMENTED", `${x.request.method} ${x.rawPath} is not served by this local cloud.`),
  };
}

export function unauthenticated(found: "missing" | "invalid"): ApiFault {
  const what = found === "missing" ? "Request is missing" : "Request had invalid";
  return new ApiFault(
    "UNAUTHENTICATED",
    `${what} ${found === "missing" ? "required " : ""}authentication credentials. Expected OAuth 2 access token, ` +
      "login cookie or other valid authentication credential. See " +
      "https://developers.google.com/identity/sign-in/web/devconsole-project.",
  );
}

/** A request's JSON object. INVALID_ARGUMENT when it is none. */
export async function readRestBody(x: Exchange): Promise<Record<string, unknown>> {
  const bytes = await readBody(x.request);
  if (bytes === undefined) throw new ApiFault("INVALID_ARGUMENT", "Request payload size exceeds the limit.");
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (_e) {
    // Answered below, as what is valid JSON but no object.
  }
  throw new ApiFault("INVALID_ARGUMENT", "Invalid JSON payload received.");
}
