import { catalogue } from "../../../text/catalogue.ts";

/** `trunk8 completion`. */
export const text = catalogue({
  summary: (shells: string) => `Print the completion script of a shell: ${shells}.`,
  unknownShell: (shells: string) => `Name the shell: ${shells}.`,
});
