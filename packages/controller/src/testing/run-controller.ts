/** A controller in a process of its own, for tests that kill it: takes the app's folder, prints the gateway's URL when it is ready. */
import { startController } from "../start.ts";
import { readTinyApp } from "./tiny-app.ts";

const folder = process.argv[2] ?? "";
const controller = await startController({ ...readTinyApp(folder), port: 0 });
console.log(controller.url);
await controller.done;
