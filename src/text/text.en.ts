import { catalogue } from "./catalogue.ts";

/** Texts that several modules show. */
export const text = catalogue({
  internalError: "Internal error.",
});
