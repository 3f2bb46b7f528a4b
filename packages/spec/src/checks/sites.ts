import { nearest } from "../nearest.ts";
import { type Finding, type Path, pathText, quote } from "../problem.ts";
import { entriesAt, find, itemsAt, type Tree, valueAt } from "../tree.ts";
import type { Check } from "./reporter.ts";

interface SiteFacts {
  readonly name: string;
  readonly isStandby: boolean;
  readonly weight: unknown;
}

function sitesOf(tree: Tree): readonly SiteFacts[] {
  return entriesAt(tree, ["sites"]).map(([name]) => ({
    name,
    isStandby: valueAt(tree, ["sites", name, "role"]) === "standby",
    weight: valueAt(tree, ["sites", name, "weight"]),
  }));
}

/** Weights and roles: somewhere traffic has to go. */
export const checkWeights: Check = (tree) => {
  if (find(tree, ["sites"])?.kind !== "map") return [];
  const sites = sitesOf(tree);
  const active = sites.filter((site) => !site.isStandby);
  const without = active.filter((site) => site.weight === undefined);
  const isMixed = without.length > 0 && without.length < active.length;
  const findings: Finding[] = sites
    .filter((site) => site.isStandby && typeof site.weight === "number" && site.weight > 0)
    .map(({ name }) => ({
      code: "standby-weight",
      path: ["sites", name, "weight"],
      message: `sites.${name} is a standby and has a weight; a standby gets no share`,
      hint: "Remove the weight, or write `role: active`",
      suggestion: "0",
    }));
  if (isMixed) {
    for (const { name } of without) {
      findings.push({
        code: "missing-weight",
        path: ["sites", name, "weight"],
        message: `sites.${name} has no weight, and other active sites have one`,
        hint: "Give a weight to every active site, or to none: then all get the same",
      });
    }
  } else if (without.length === 0 && !active.some((site) => typeof site.weight !== "number" || site.weight > 0)) {
    findings.push({
      code: "no-active-site",
      path: ["sites"],
      message:
        sites.length === 0
          ? "There is no site"
          : "No active site has a weight above 0, so no traffic could go anywhere",
      hint:
        sites.length === 0
          ? "Add one: `aws: { cloud: aws, region: us-east-1 }`"
          : "Give one site `role: active` and a weight above 0",
      atKey: true,
    });
  }
  return findings;
};

/** Every name of a site is one under `sites`. */
export const checkSiteNames: Check = (tree) => {
  if (find(tree, ["sites"])?.kind !== "map") return [];
  const names = sitesOf(tree).map((site) => site.name);
  const unknown = (path: Path): readonly Finding[] => {
    const name = valueAt(tree, path);
    if (name === undefined || name === "" || names.includes(String(name))) return [];
    const suggestion = nearest(String(name), names);
    const known = names.length === 0 ? "There is none yet" : `There are ${names.join(", ")}`;
    return [
      {
        code: "unknown-site",
        path,
        message: `${pathText(path)} names the site ${quote(String(name))}, which is not under sites`,
        hint: suggestion === undefined ? known : `Did you mean ${suggestion}?`,
        suggestion,
      },
    ];
  };
  const at = itemsAt(tree, ["recovery", "backups", "at"]);
  return [
    ...unknown(["recovery", "primary"]),
    ...at.flatMap((_, i) => unknown(["recovery", "backups", "at", i])),
    ...duplicates(tree, ["recovery", "backups", "at"]),
    ...entriesAt(tree, ["resources"]).flatMap(([name]) => duplicates(tree, ["resources", name, "needs"])),
  ];
};

function duplicates(tree: Tree, path: Path): readonly Finding[] {
  const values = itemsAt(tree, path).map((_, i) => valueAt(tree, [...path, i]));
  return values.flatMap((value, i): readonly Finding[] =>
    value === undefined || values.indexOf(value) === i
      ? []
      : [
          {
            code: "duplicate-item",
            path: [...path, i],
            message: `${quote(String(value))} stands twice in ${pathText(path)}`,
            hint: "Remove one of the two",
          },
        ],
  );
}

/** What works, and is probably not meant. */
export const checkPrimary: Check = (tree) => {
  const sites = sitesOf(tree);
  const written = valueAt(tree, ["recovery", "primary"]);
  const primary = written ?? sites.find((site) => !site.isStandby)?.name;
  const at = itemsAt(tree, ["recovery", "backups", "at"]).map((_, i) =>
    valueAt(tree, ["recovery", "backups", "at", i]),
  );
  const findings: Finding[] = [];
  if (sites.some((site) => site.name === written && site.isStandby)) {
    findings.push({
      code: "primary-is-standby",
      path: ["recovery", "primary"],
      message: `The data lives at ${quote(String(written))}, a standby that gets no traffic: every request crosses to it`,
      hint: "Name an active site as recovery.primary",
    });
  }
  if (sites.length > 1 && at.length > 0 && at.every((site) => site === primary)) {
    findings.push({
      code: "backups-at-primary",
      path: ["recovery", "backups", "at"],
      message: "Backups are kept only at the primary, and are lost with it",
      hint: "Add another site to recovery.backups.at",
    });
  }
  return findings;
};
