export { azure } from "./provider.ts";
