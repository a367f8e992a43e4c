import { catalogue } from "../../text/catalogue.ts";
import { formatCount, plural } from "../../text/format.ts";

/** Texts of a link's page, and what pages call the properties of links. */
export const text = catalogue({
  removed: (code: string) => `The link ${code} is deleted.`,
  kinds: {
    redirect: "Redirect",
    file: "File",
    markdown: "Markdown",
    html: "HTML page",
    collection: "Collection",
  },
  kindCounts: {
    redirect: (count: number) =>
      plural(count, { one: "1 redirect", other: `${formatCount(count)} redirects` }),
    file: (count: number) => plural(count, { one: "1 file", other: `${formatCount(count)} files` }),
    markdown: (count: number) =>
      plural(count, {
        one: "1 Markdown document",
        other: `${formatCount(count)} Markdown documents`,
      }),
    html: (count: number) =>
      plural(count, { one: "1 HTML page", other: `${formatCount(count)} HTML pages` }),
    collection: (count: number) =>
      plural(count, { one: "1 collection", other: `${formatCount(count)} collections` }),
  },
  statuses: {
    live: "Live",
    scheduled: "Scheduled",
    limit_reached: "Limit reached",
    expired: "Expired",
    disabled: "Disabled",
  },
  redirectTypes: {
    301: "Permanent (301)",
    302: "Temporary (302, default)",
    307: "Temporary, keeps method and body (307)",
    308: "Permanent, keeps method and body (308)",
  },
  changeFiles: "Change the files",
  files: (count: number, size: string) =>
    plural(count, { one: `1 file, ${size}`, other: `${formatCount(count)} files, ${size}` }),
  facts: {
    files: "Files",
    opening: "Opening",
    destination: "Destination",
    redirectType: "Redirect type",
    shortCode: "Short code",
    fallback: "Fallback",
    aliases: "Aliases",
    visitLimit: "Visit limit",
    password: "Password",
    forwardQuery: "Query parameters",
    embedding: "Embedding",
    tags: "Tags",
    note: "Note",
    declaredIn: "Declared in",
    declared: "{file} (edit or delete it there)",
    updated: "Updated",
  },
  visitsLeft: (left: number, limit: number) =>
    `${formatCount(left)} of ${formatCount(limit)} visits left`,
  wrongPasswords: (count: number) =>
    plural(count, {
      one: "Required; entered wrong once",
      other: `Required; entered wrong ${formatCount(count)} times`,
    }),
  embedding: {
    any: "On every website",
    notAny: "On no website: the site\u2019s settings do not allow every one",
    gated: "On no website, while it has a password or a visit limit",
    code: "code for embedding",
  },
  forwardQuery: {
    site: "As the site\u2019s settings say",
    on: "Passed on to the destination",
    off: "Not passed on",
  },
  status: {
    liveFrom: "Live from {time}",
    liveUntil: "Live until {time}",
    expired: "Expired on {time}",
  },
  opening: {
    inline: "Opens in the browser",
    download: "Downloads",
    notShowable: (type: string) =>
      `Downloads: set to open in the browser, but that has no effect on files of type ${type}.`,
  },
  history: "History",
  shortLink: "short link",
  qrCode: {
    alt: (shortCode: string) => `QR code of ${shortCode}`,
    download: (format: string) => `Download QR code as ${format}`,
    unknownFormat: "QR codes are available as .svg and .png.",
    outOfRange: (parameter: string, least: number, most: number) =>
      `${parameter} must be a whole number from ${least} to ${most}.`,
  },
  preview: (shortCode: string) => `Preview of ${shortCode}`,
  transfer: {
    title: "Transfer to another user",
  },
  share: {
    textName: "Shared text",
    tooMany: (count: number) => `Share at most ${formatCount(count)} files at once.`,
  },
  bookmarklet: "Shorten this page",
  bookmarkletHint:
    "Drag this button to your bookmarks bar to shorten any page you are on with one click.",
});
