export { commands } from "./commands.ts";
export { main } from "./main.ts";
