import type { Kind, LinkStatus, RedirectStatus } from "../../links/link.ts";

/** What people call each kind of link. */
export const kindWords: Readonly<Record<Kind, string>> = {
  redirect: "Redirect",
  file: "File",
  markdown: "Document",
  html: "Web page",
};

/** What people call each status. */
export const statusWords: Readonly<Record<LinkStatus, string>> = {
  live: "Live",
  expired: "Expired",
  disabled: "Switched off",
};

/** What people call each way of leading on, the usual one first. */
export const redirectWords: ReadonlyMap<RedirectStatus, string> = new Map([
  [302, "For now (302, the usual)"],
  [301, "For good (301)"],
  [307, "For now, and forms are passed on (307)"],
  [308, "For good, and forms are passed on (308)"],
]);
