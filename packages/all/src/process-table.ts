/** Apart from the rest, for commands that must start quickly. */
export { readProcess } from "@trimaran/local/process-table";
