// The smallest app that shows where it runs: each answer names its site and what it was given.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { env } = process;
const binding = JSON.parse(readFileSync(env.TRIMARAN_BINDING_FILE, "utf8"));
const answers = {
  "/health": () => ({ ok: true }),
  "/whoami": () => ({ site: env.TRIMARAN_SITE, cloud: env.TRIMARAN_CLOUD, region: env.TRIMARAN_REGION, pid: process.pid, cwd: process.cwd() }),
  "/binding": () => binding,
  "/env": () => env,
};

const server = createServer((request, response) => {
  if (request.method === "POST") return void request.pipe(response);
  if (request.url === "/crash") process.exit(7);
  if (request.url === "/slow") return void setTimeout(() => response.end(env.TRIMARAN_SITE), 300);
  const answer = answers[request.url];
  response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(answer?.() ?? {}));
});
server.listen(Number(env.PORT), env.HOST);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
console.log("listening");
