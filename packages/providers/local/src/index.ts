export {
  buildImage,
  type ContainerTool,
  findContainerTool,
  imageName,
  removeContainer,
  runArguments,
} from "./container/tool.ts";
export { findPostgres, installedPostgres, POSTGRES_MAJOR, type PostgresBinaries } from "./database/binaries.ts";
export { scramVerifier } from "./database/scram.ts";
export {
  createPostgres,
  type PostgresInstalled,
  type PostgresServer,
  type PostgresServerOptions,
} from "./database/server.ts";
export type { WantedDatabase } from "./database/statements.ts";
export { postgresTemplate } from "./database/template.ts";
export { type Host, pause } from "./process/host.ts";
export { readTail } from "./process/log-tail.ts";
export { killMarked, MARK_VARIABLE } from "./process/mark.ts";
export { isSameProcess, killOrphans } from "./process/process-records.ts";
export { readProcess } from "./process/process-table.ts";
export { type RunOnceOptions, runOnce } from "./process/run-once.ts";
export { type Launch, type Supervised, supervise } from "./process/supervisor.ts";
export { isFree, openPortBook, type PortBook } from "./relay/ports.ts";
export { createRelay, noFault, type Relay, type RelayFault } from "./relay/relay.ts";
export { copyRelease, type Release } from "./release/copy-release.ts";
