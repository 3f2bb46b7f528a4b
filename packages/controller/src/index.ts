export { type ControlClient, connectControl, isRunning } from "./client.ts";
export { purgeState } from "./purge.ts";
export { type Controller, type ControllerOptions, startController } from "./start.ts";
