import { catalogue } from "../text/catalogue.ts";

export const text = catalogue({
  forbidden: "You are not allowed to see these visits.",
  noLink: "There is no such link.",
});
