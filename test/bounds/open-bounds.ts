import { href, withQuery } from "../../src/http/urls.ts";
import { at, type BoundRow, byForm, byUrl, form, get, letters, post } from "./bound-row.ts";

/** Links that somebody opens, and what is made of their content. */
export const openRows: readonly BoundRow[] = [
  byUrl("open", at(href("open", { shortCode: "redirect" })), {
    bound: "131,072 bytes with all headers",
    answer: "431",
    beyond: null,
    status: 302,
  }),
  get("open", {
    grows: "a document",
    bound: "500,000 characters, rendered once when it is saved",
    answer: "422 when it is saved",
    size: 20_000,
    bytes: 600_000,
    store: (site, size) => site.addText(`document-${size}`, "markdown", size),
    request: (_, size) => ({ path: href("open", { shortCode: `document-${size}` }) }),
  }),
  get("view", {
    grows: "a source file",
    bound: "50,000 characters shown, rendered once",
    answer: "the beginning and a download",
    size: 12_000,
    bytes: 2_000_000,
    store: (site, size) => site.addText(`source-${size}`, "file", size),
    request: (_, size) => ({ path: href("view", { shortCode: `source-${size}` }) }),
  }),
  byUrl("view", at(href("view", { shortCode: "file" }))),
  get("open", {
    grows: "files of a collection",
    bound: "200 on a page",
    answer: "a page of them",
    size: 100,
    bytes: 300_000,
    store: (site, size) => site.addCollection(`collection-${size}`, size),
    request: (_, size) => ({ path: href("open", { shortCode: `collection-${size}` }) }),
  }),
  get("zip", {
    grows: "files of a collection",
    bound: "10,000; streamed",
    answer: "422 when more are added",
    size: 20,
    store: (site, size) => site.addCollection(`zip-${size}`, size),
    request: (_, size) => ({ path: href("zip", { shortCode: `zip-${size}` }) }),
  }),
  byUrl("part", at(href("part", { shortCode: "file", path: "none" })), { status: 404 }),
  get("thumbnail", {
    grows: "pixels of the image",
    bound: "drawn once, in a process with limits of time and memory",
    answer: "404 with an icon",
    size: 10_000,
    store: (site, size) => site.addImage(`image-${size}`, size),
    request: (_, size) => ({ path: href("thumbnail", { shortCode: `image-${size}` }) }),
  }),
  get("qr", {
    grows: "pixels, by `size`",
    bound: "2,048 pixels wide",
    answer: "422",
    size: 1_000_000,
    beyond: [4_300_000, 422],
    request: (_, size) => {
      const pixels = String(Math.round(Math.sqrt(size)));
      return {
        path: withQuery(href("qr", { shortCode: "redirect", format: "png" }), { size: pixels }),
      };
    },
  }),
  get("linkPreview", {
    grows: "a document",
    bound: "500,000 characters, rendered once",
    answer: "422 when it is saved",
    size: 20_000,
    bytes: 600_000,
    store: (site, size) => site.addText(`preview-${size}`, "markdown", size),
    request: (_, size) => ({ path: href("linkPreview", { shortCode: `preview-${size}` }) }),
  }),
  get("page", {
    grows: "an HTML page",
    bound: "`app.max_file_size_mb`; streamed",
    answer: "413 when it is saved",
    size: 20_000,
    bytes: 600_000,
    store: (site, size) => site.addText(`framed-${size}`, "html", size),
    request: (_, size) => ({
      path: href("page", { shortCode: `framed-${size}` }),
      init: { headers: { "sec-fetch-dest": "iframe" } },
    }),
  }),
  byUrl("framedSite", at(href("framedSite", { pass: "-", shortCode: "redirect", path: "a.css" })), {
    status: 302,
  }),
  byUrl("pageOnce", at(href("pageOnce", { pass: "used", shortCode: "redirect" })), { status: 302 }),
  post("unlock", {
    grows: "`password`",
    bound: "64 KB",
    answer: "413",
    size: 10_000,
    beyond: [4_300_000, 413],
    status: 200,
    request: (_, size) => ({
      path: href("unlock", { shortCode: "redirect" }),
      init: form({ password: letters(size), page: "open" }),
    }),
  }),
  post("changeByToken", {
    grows: "the form",
    bound: "1 MB",
    answer: "413",
    size: 200_000,
    beyond: [1_100_000, 413],
    status: 401,
    request: (_, size) => ({
      path: href("changeByToken", { shortCode: "redirect" }),
      init: form({ token: letters(size), delete: "" }),
    }),
  }),
  byUrl("removeByToken", at(href("removeByToken", { shortCode: "redirect", token: "wrong" })), {
    status: 404,
  }),
  byForm(
    "removeByToken",
    at(href("removeByToken", { shortCode: "redirect", token: "wrong" })),
    {},
    { bound: "is not read", answer: "404", beyond: null, status: 404 },
  ),
  post("preview", {
    grows: "`text`",
    bound: "4 MB, of which 500,000 characters are rendered",
    answer: "413",
    size: 20_000,
    beyond: [4_300_000, 413],
    status: 200,
    bytes: 600_000,
    request: (_, size) => ({
      path: href("preview"),
      init: form({ kind: "markdown", text: "some *words* of text\n".repeat(size / 21) }),
    }),
  }),
];
