import type { Answer } from "./answers.ts";

/** Where this program deliberately answers otherwise than the Python program did. */
export interface Difference {
  readonly why: string;
  /** What differs; null: the link is not imported, and the report says why. */
  readonly answer: Partial<Answer> | null;
}

const TEXT = "text/plain; charset=utf-8";
const BYTES = "application/octet-stream";

const shownAsText = {
  why: "Text is sent as plain text in UTF-8, whatever it is written in.",
  answer: { type: TEXT },
};
const neverRun = {
  why: "What a browser would run is sent without its type: it never runs on our origin.",
  answer: { type: BYTES },
};
const wrongName = {
  why: "The bytes are not what the file's name says, so the name's type is not believed.",
  answer: { type: BYTES },
};
const brokenThere = {
  why: "The original answered 500, because it could read no document that is not UTF-8.",
  answer: { status: 200 },
};
const noWholeAddress = {
  why: "The destination is no whole address: the report asks for server.public_url.",
  answer: null,
};

export const differences: Readonly<Record<string, Difference>> = {
  "r-noscheme": noWholeAddress,
  "r-relative": noWholeAddress,
  "r-js": { why: "No link leads to a javascript: address.", answer: null },
  n6: {
    why: "There is no kind of link called video; the original showed an empty page.",
    answer: null,
  },
  "r-trailing": {
    why: "Spaces after an address are no part of it.",
    answer: { location: "https://example.com/x" },
  },
  "r-emptyfrag": {
    why: "An address is kept as it was typed.",
    answer: { location: "https://example.com/#" },
  },
  "r-emptyq": {
    why: "An address is kept as it was typed.",
    answer: { location: "https://example.com/?" },
  },
  "r-protorel": {
    why: "An address without a scheme is completed, as browsers would by the site's own.",
    answer: { location: "https://example.org/x" },
  },
  "f-html": neverRun,
  "f-js": shownAsText,
  "f-xml": shownAsText,
  "f-svg": {
    why: "SVG names its encoding itself.",
    answer: { type: "image/svg+xml" },
  },
  "f-csv": shownAsText,
  "f-py": shownAsText,
  "f-md": shownAsText,
  "f-json": shownAsText,
  "f-targz": {
    why: "A compressed archive is sent as the bytes that it is.",
    answer: { type: "application/gzip" },
  },
  "f-resume": wrongName,
  "f-cjk2": wrongName,
  "f-100k": wrongName,
  "m-latin1": brokenThere,
  "m-utf16": brokenThere,
  "h-latin1": {
    why: "The original answered 500; the page names its encoding itself.",
    answer: { status: 200, type: "text/html" },
  },
  "p-file": {
    why: "It had expired: the original showed a page about that with 200.",
    answer: { status: 410, type: null, disposition: null },
  },
};
