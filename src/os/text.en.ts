import { catalogue } from "../text/catalogue.ts";

/** Texts of the operating system's failures. */
export const text = catalogue({
  diskFull: "The server's disk is full. Nothing can be saved until space is freed.",
  noDescriptors: "Too few file descriptors are left to start a thread.",
});
