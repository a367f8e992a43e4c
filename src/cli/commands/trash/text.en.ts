import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** The commands for deleted links. */
export const text = catalogue({
  summary: "List the links in the trash",
  restoreSummary:
    "Restore deleted links; or a site's archive into an empty data folder, or the archive of one user.",
  backupIsLocal: "A backup is restored on the machine of the site only, without --server.",
  recoverSummary: "Restore links from the trash",
  purgeSummary: "Delete links in the trash permanently",
  user: "Owner of the trash (default: admin)",
  json: "Print JSON",
  code: "Short code of the restored link, where its own is in use",
  yes: "Do not ask",
  empty: "The trash is empty.",
  oneCode: "Restore one link at a time with --code.",
  notInTrash: (code: string) => `"${code}" is not in the trash. See: trunk8 trash`,
  confirm: (count: number) =>
    plural(count, {
      one: "Delete 1 link permanently?",
      other: `Delete ${formatCount(count)} links permanently?`,
    }),
  recovered: (count: number) =>
    plural(count, { one: "1 link restored.", other: `${formatCount(count)} links restored.` }),
  purged: (count: number) =>
    plural(count, {
      one: "1 link deleted permanently.",
      other: `${formatCount(count)} links deleted permanently.`,
    }),
  heads: { code: "Name", formerCode: "Short code", deleted: "Deleted", content: "Content" },
});
