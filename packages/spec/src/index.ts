export { type Draft, draftSpec } from "./draft/draft.ts";
export { formatProblems } from "./format.ts";
export { nameLimits, namePattern } from "./names.ts";
export { nearest } from "./nearest.ts";
export { type ParsedSpec, type ParseOptions, parseSpec } from "./parse.ts";
export { type Problem, type ProblemCode, problemCodes } from "./problem.ts";
export { specDigest } from "./resolve.ts";
export { needsOf } from "./schema/resources.ts";
