import { quote } from "./problem.ts";
import type { Mistake } from "./schema/words.ts";

/**
 * App, environment and resource or site, joined by hyphens, stay within the 63 characters of a DNS label (RFC 1035, 2.3.4),
 * which is also the limit of S3 bucket names and PostgreSQL identifiers.
 */
export const nameLimits = { app: 24, environment: 12, resource: 24, site: 24 } as const;

/** Lower-case letters, digits and single hyphens between them; Key Vault names bear no two hyphens in a row. */
export const namePattern = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
const form = new RegExp(namePattern);

export function nameMistake(kind: keyof typeof nameLimits, name: string): Mistake | undefined {
  const limit = nameLimits[kind];
  if (form.test(name) && name.length <= limit) return undefined;
  const suggestion = toName(name, limit);
  return {
    code: "bad-name",
    says: form.test(name)
      ? `is a name of ${name.length} characters; ${kind} names have at most ${limit}`
      : `has the name ${quote(name)}; a name is lower-case letters, digits and single hyphens, and starts with a letter`,
    hint:
      suggestion === undefined
        ? `Choose a name of at most ${limit} characters, such as my-${kind}`
        : `Did you mean ${suggestion}?`,
    suggestion,
  };
}

/** The nearest valid name, or undefined where nothing is left. */
export function toName(text: string, limit: number): string | undefined {
  const name = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, limit)
    .replace(/-+$/, "");
  return name === "" ? undefined : name;
}
