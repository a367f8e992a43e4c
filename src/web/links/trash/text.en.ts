import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** The page of deleted links. */
export const text = catalogue({
  title: "Trash",
  intro: (days: number) =>
    plural(days, {
      one: "Deleted links are kept here for a day, then they are deleted permanently.",
      other: `Deleted links are kept here for ${formatCount(days)} days, then they are deleted permanently.`,
    }),
  off: "This site has no trash: deleted links are gone at once.",
  nothing: "The trash is empty.",
  heads: { link: "Link", deleted: "Deleted", until: "Kept until", actions: "Actions" },
  usedAgain: "Its short code is used by another link.",
  recover: "Restore",
  recoverAs: (code: string) => `Restore ${code}`,
  otherCode: "New short code",
  purge: "Delete permanently",
  empty: "Empty trash",
  emptyQuestion: "Empty the trash?",
  emptyWarning: "All links in it are deleted permanently, with their files and statistics.",
  next: "Next page",
});
