import { type Finding, quote } from "../problem.ts";
import { methods } from "../schema/spec.ts";
import { entriesAt, find, itemsAt, valueAt } from "../tree.ts";
import type { Check } from "./reporter.ts";

const at = (key: string) => ["service", key] as const;

/** Keys of the service that exclude or need each other. */
export const checkService: Check = (tree) => {
  const findings: Finding[] = [];
  const has = (key: string) => find(tree, at(key)) !== undefined;
  const image = valueAt(tree, at("image"));
  if (has("build") && has("image")) {
    findings.push({
      code: "build-and-image",
      path: at("image"),
      message: "service has both a build and an image, and can only run one of them",
      hint: "Remove `image` to build from the Dockerfile, or `build` to run the finished image",
      atKey: true,
    });
  } else if (typeof image === "string" && image !== "" && !image.includes("@sha256:")) {
    findings.push({
      code: "image-not-pinned",
      path: at("image"),
      message: `The image ${quote(image)} has no digest: it can change under the same name`,
      hint: "`docker buildx imagetools inspect IMAGE` prints the digest; write registry/name@sha256:...",
    });
  }
  if (valueAt(tree, at("runtime")) === "process" && !has("command")) {
    findings.push({
      code: "missing-command",
      path: at("runtime"),
      message: "The process runtime needs service.command: how the app is started",
      hint: "Add `command: node src/server.ts`, or write `runtime: container`",
    });
  }
  const min = valueAt(tree, ["service", "scale", "min"]);
  const max = valueAt(tree, ["service", "scale", "max"]);
  if (typeof min === "number" && typeof max === "number" && min > max) {
    findings.push({
      code: "scale-range",
      path: ["service", "scale", "min"],
      message: `service.scale.min (${min}) is above service.scale.max (${max})`,
      hint: `Lower min to ${max}, or raise max to ${min}`,
      suggestion: String(max),
    });
  }
  return findings;
};

/** Every check asks for one thing. */
export const checkChecks: Check = (tree) =>
  itemsAt(tree, ["checks"]).flatMap((item, i) => {
    if (item.kind !== "map") return [];
    const given = methods.filter((method) => item.entries.has(method));
    if (given.length === 1) return [];
    return [
      {
        code: "check-method",
        path: ["checks", i],
        message: `checks[${i}] has ${given.length === 0 ? "no method" : `the methods ${given.join(" and ")}`}`,
        hint: given.length === 0 ? "Add one of get, post, put, delete: `get: /health`" : "Make one check of each",
      },
    ];
  });

/** A value in the file is in every copy of the file's history. */
export const checkLiteralSecrets: Check = (tree) =>
  entriesAt(tree, ["service", "env"]).flatMap(([name, { value }]) => {
    const isSecret = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY)$/i.test(
      name,
    );
    const isLiteral =
      value.kind === "scalar" && typeof value.value === "string" && value.value !== "" && !value.value.includes("${");
    if (!isSecret || !isLiteral) return [];
    return [
      {
        code: "literal-secret",
        path: ["service", "env", name],
        message: `${name} looks like a secret, and its value is in the file`,
        hint: 'Add a resource `{ type: secret }`, and write "${secrets.NAME}" here',
        atKey: true,
      },
    ];
  });
