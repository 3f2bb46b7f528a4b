/** The cheapest app that Node can be: 1 KiB to everybody. Prints its port. */
import http from "node:http";
import type { AddressInfo } from "node:net";

const body = Buffer.alloc(1024, "a");
const server = http.createServer((_req, res) => {
  res.writeHead(200, { "content-type": "text/plain", "content-length": body.length });
  res.end(body);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
