import { catalogue } from "../../../text/catalogue.ts";

/** `trunk8 audit`. */
export const text = catalogue({
  summary: "List entries of the audit log, newest first.",
  action: "only this action, such as link.created",
  actor: "only what this user did",
  resource: "only about this short code, user name or setting",
  address: "only from this IP address",
  since: "only since then, such as 2026-01-01T00:00:00Z",
  until: "only before then",
  limit: (most: string) => `how many at most (default: ${most})`,
  json: "print all details as a JSON array",
  noCount: "Enter a number of entries: --limit=20",
  empty: "No entries.",
  visitor: "visitor",
  heads: {
    at: "Time",
    action: "Action",
    actor: "User",
    resource: "About",
    address: "IP address",
    details: "Details",
  },
});
