import { catalogue } from "../../text/catalogue.ts";

/** Texts of opened links: why one does not open, the viewer, and the frame of documents. */
export const text = catalogue({
  problem: {
    notFound: "There is no link at this address.",
    expired: "This link has expired.",
    disabled: "This link is disabled.",
    limitReached: "This link has been opened as often as it may be.",
    serviceWorker: "Service workers cannot be loaded from here.",
    noFile: "The file of this link is missing. Its owner can upload it again.",
    notAFile: "Only files have a viewer page.",
    notPreviewable: "Only Markdown and HTML pages have a preview.",
  },
  gate: {
    title: "Password required",
    explanation: "This link is protected by a password.",
    password: "Password",
    open: "Open link",
    opening: "Opening the link",
    wrong: "This is not the password of the link.",
    limited: "This link can be opened a limited number of times. Open it in a browser.",
  },
  viewer: {
    empty: "This file is empty.",
    openOrDownload: "Open it in your browser, or download it.",
    notShowable: "Your browser cannot show this file. Download it to open it.",
    summary: (type: string, size: string) => `${type}, ${size}`,
    cut: (size: string) => `Only the first ${size} are shown. Download the file to see the rest.`,
  },
  facts: {
    file: "File",
    type: "Type",
    sha256: "SHA-256",
    checksum: "SHA-256 checksum",
  },
  frame: {
    continues: "This page continues at",
  },
  document: {
    contents: "Contents",
    source: "Source",
    sourceShown: (why: string) => `${why} Its source is shown instead.`,
  },
});
