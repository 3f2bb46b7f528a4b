/** The gateway runs in its own process (`@trimaran/gateway/main`); this is how others reach it. */
export { type GatewayControl, gatewayControl } from "./client.ts";
