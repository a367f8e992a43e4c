import { catalogue } from "../text/catalogue.ts";

/** Texts of the home page, and of pages that need a signed-in user. */
export const text = catalogue({
  signInFirst: "Sign in first.",
  home: {
    title: "Home",
    shortenUrl: "Shorten a URL",
    shorten: "Shorten",
    newShortLink: "new short link",
    exists: "You already have a link to this",
    existingShortLink: "short link",
    createAnother: "Create another",
    shareFile: "Or share {file}.",
    file: "a file",
    drop: "Drop it on this page, or paste an image.",
    fileField: "File",
    totals: "Totals",
    links: "Links",
    live: "Live links",
    visits: "Visits to these links",
    newest: "Newest links",
    all: "All links",
    firstHint: "Paste a long URL above to get a short link of your own.",
  },
});
