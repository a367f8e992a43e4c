import { catalogue } from "../text/catalogue.ts";

export const text = catalogue({
  forbidden: "Only administrators can see and remove nodes.",
  unknown: (name: string) => `There is no node "${name}".`,
  running: (name: string) => `The node "${name}" is running. Stop it first.`,
});
