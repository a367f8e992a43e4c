import { catalogue } from "../text/catalogue.ts";

/** Texts of the audit log and of the site's settings. */
export const text = catalogue({
  signInFirst: "Sign in first.",
  mayNotList: "Only administrators can see the activity of other users.",
  mayNotChangeSettings: "Only administrators can change the site's settings.",
});
