import type { Kind, Standing } from "../links/link.ts";

/** What people call each kind of link. */
export const kindWords: Readonly<Record<Kind, string>> = {
  redirect: "Redirect",
};

/** What people call each standing. */
export const standingWords: Readonly<Record<Standing, string>> = {
  live: "Live",
  expired: "Expired",
  disabled: "Switched off",
};
