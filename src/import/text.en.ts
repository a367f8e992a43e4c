import { catalogue } from "../text/catalogue.ts";
import { formatBytes, formatCount } from "../text/format.ts";

/** The report of an import, and what it says of links that every importer may meet. */
export const text = catalogue({
  report: {
    title: (program: string, time: string, zone: string) =>
      `Import from ${program}, ${time} (${zone})`,
    fromTo: (from: string, to: string) => `From ${from} to ${to}`,
    inPlace: (folder: string) => `In place, in ${folder}: files are not moved`,
    dryRun: "Dry run: nothing was changed.",
    headings: {
      skipped: "Skipped",
      remarks: "Notes",
      users: "Users",
      unusedFiles: "Unused files (no link refers to them; they are not imported)",
      renamed: "Renamed",
    },
    rows: {
      users: "Users",
      links: "Links",
      expired: "  expired",
      missing: "  with a missing file",
      existing: "Links that already existed",
      files: "Files",
      skipped: "Skipped",
      remarks: "Notes",
      unusedFiles: "Unused files",
    },
    users: (all: number, added: number) => `${formatCount(all)} (${formatCount(added)} new)`,
    links: (all: number, byKind: string) => `${formatCount(all)} (${byKind})`,
    files: (count: number, bytes: number) => `${formatCount(count)} (${formatBytes(bytes)})`,
    renamedUser: (oldName: string, username: string) => `${oldName}, now ${username}`,
    existingUser: (user: string) => `${user} (existing account, left unchanged)`,
  },
  links: {
    duplicate: (first: string) => `The same short code is in ${first}, which comes first.`,
    taken: "The short code belongs to another user.",
    takenMeanwhile: "The short code was taken during the import.",
    reserved: "The short code is reserved for a page of the site.",
    badCode: "A short code has at most 50 letters, digits, hyphens and underscores.",
    skipped: (code: string, reason: string) => `${code}: ${reason}`,
    expired: (code: string, date: string) =>
      `${code} expired on ${date}. It is kept as long as links that expire today.`,
    sameBytes: (first: string) => `Has the same bytes as ${first}, which is used for both.`,
  },
  settings: {
    alreadySet: (key: string) => `${key} is already set and stays unchanged.`,
  },
});
