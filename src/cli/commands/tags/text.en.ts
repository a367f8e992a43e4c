import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** The commands for tags. */
export const text = catalogue({
  summary: "List the tags of an account with the number of their links",
  renameSummary: "Rename a tag in all links that have it",
  mergeSummary: "Replace a tag by another one in all links that have it",
  removeSummary: "Remove a tag from all links that have it",
  user: "account (default: admin)",
  json: "print JSON",
  empty: "No tags.",
  heads: { tag: "Tag", links: "Links" },
  changed: (count: number) =>
    plural(count, { one: "1 link changed.", other: `${formatCount(count)} links changed.` }),
});
