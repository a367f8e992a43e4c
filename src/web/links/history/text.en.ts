import { catalogue } from "../../../text/catalogue.ts";
import { formatCount } from "../../../text/format.ts";

/** The pages of a link's history. */
export const text = catalogue({
  title: (code: string) => `History of ${code}`,
  titleOfOne: (number: number, code: string) => `Version ${formatCount(number)} of ${code}`,
  intro: (most: number) =>
    `The last ${formatCount(most)} former destinations, and texts of Markdown and HTML pages. Texts count toward the storage quota; where it is used up, the oldest ones go first. Files have no versions.`,
  none: "The link has not been changed since versions are kept.",
  heads: {
    version: "Version",
    since: "Since",
    by: "By",
    content: "Content",
    actions: "Actions",
  },
  current: "current",
  unknown: "Unknown",
  commandLine: "Command line",
  text: (name: string, size: string) => `${name} (${size})`,
  view: "View",
  viewOf: (number: number) => `View version ${formatCount(number)}`,
  restore: "Restore this version",
  restoreOf: (number: number) => `Restore this version: ${formatCount(number)}`,
  back: "All versions",
  noText: "This version cannot be shown as text.",
});
