import { catalogue } from "../../../text/catalogue.ts";

/** The page of an account's tags. */
export const text = catalogue({
  title: "Tags",
  nothing: "No tags yet. Add some to a link, in its form or for several links in the list.",
  heads: { tag: "Tag", links: "Links" },
  next: "Next page",
  change: "Change a tag",
  intro: "All links that have the tag change with it.",
  tag: "Tag",
  to: "New name or other tag",
  toHelp: "For renaming, a new name; for merging, the tag that replaces this one.",
  rename: "Rename",
  merge: "Merge",
  delete: "Delete",
});
