/** Where Bun looks for the runtime in development. */
export { Fragment, type JSX, jsxDEV } from "./jsx-runtime.ts";
