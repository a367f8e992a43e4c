import { href } from "../../src/http/urls.ts";
import {
  at,
  type BoundRow,
  byField,
  byForm,
  byUrl,
  form,
  get,
  letters,
  notRead,
  post,
  TARGET,
} from "./bound-row.ts";
import type { BoundSite } from "./bound-site.ts";

const newLinkFields = (site: BoundSite) => ({ short_code: site.newCode(), url: TARGET });

/** One change of many links, by their short codes. */
const byCodes = (name: "bulkLinks" | "trash", fields: Readonly<Record<string, string>>) =>
  post(name, {
    grows: "`codes`",
    bound: "1,000",
    answer: "422",
    size: 250,
    beyond: [1001, 422],
    rows: 1_100,
    store: (site, size) => site.addLinks(size),
    request: ({ codes }, size) => ({
      path: href(name),
      init: form({ ...fields, codes: codes.slice(0, size).join(",") }),
    }),
  });

/** Creating, changing and deleting links. */
export const linkRows: readonly BoundRow[] = [
  byField("add", href("add"), "note", 10_000, newLinkFields, { rows: 20 }),
  byField("add", href("add"), "title", 200, newLinkFields, { rows: 20 }),
  post("add", {
    grows: "`url`",
    bound: "8,192 bytes",
    answer: "422",
    size: 2_000,
    beyond: [8_193, 422],
    rows: 20,
    request: (site, size) => ({
      path: href("add"),
      init: form({ ...newLinkFields(site), url: TARGET + letters(size - TARGET.length) }),
    }),
  }),
  post("add", {
    grows: "a typed document",
    bound: "500,000 characters",
    answer: "422",
    size: 20_000,
    beyond: [520_000, 422],
    rows: 20,
    request: (site, size) => ({
      path: href("add"),
      init: form({
        short_code: site.newCode(),
        link_type: "markdown",
        markdown_text_content: "some *words* of text\n".repeat(size / 21 + 1),
      }),
    }),
  }),
  post("add", {
    grows: "fields",
    bound: "100 parts, or 1 MB of fields that are not of the form",
    answer: "400 or 413",
    size: 20,
    beyond: [200, 400],
    rows: 20,
    request: (site, size) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(newLinkFields(site))) body.set(name, value);
      for (let field = 0; field < size; field++) body.set(`extra${field}`, "");
      return { path: href("add"), init: { method: "POST", body } };
    },
  }),
  post("add", {
    grows: "an uploaded file",
    bound: "`app.max_file_size_mb`, what is left of the quota and of the disk; streamed",
    answer: "413 or 507",
    size: 100_000,
    beyond: [1_100_000, 413],
    rows: 20,
    request: (site, size) => {
      const body = new FormData();
      body.set("short_code", site.newCode());
      body.set("file", new Blob([letters(size)]), "a.txt");
      return { path: href("add"), init: { method: "POST", body } };
    },
  }),
  get("linksCsv", {
    grows: "links",
    bound: "read and sent in portions of 500",
    answer: "all of them",
    size: 250,
    rows: 1_100,
    bytes: 2_000_000,
    store: (site, size) => site.addLinks(size),
    request: () => ({ path: href("linksCsv") }),
  }),
  post("share", {
    grows: "`files`",
    bound: "100, each as large as a file may be; and 1 MB of other fields",
    answer: "413",
    size: 10,
    beyond: [101, 413],
    rows: 200,
    request: (_, size) => {
      const body = new FormData();
      for (let at = 0; at < size; at++) body.append("files", new File(["a"], `${at}.txt`));
      return { path: href("share"), init: { method: "POST", body } };
    },
  }),
  byUrl("importLinks", at(href("importLinks"))),
  post("importLinks", {
    grows: "`links`",
    bound:
      "4 MB pasted, or a `file` of 50 MB with 1,000,000 lines; read and created in portions of 500",
    answer: "413",
    size: 20_000,
    beyond: [4_300_000, 413],
    status: 200,
    request: (_, size) => ({
      path: href("importLinks"),
      init: form({ links: `${TARGET}\n`.repeat(size / (TARGET.length + 1)) }),
    }),
  }),
  byUrl("importProgress", at(href("importProgress", { id: "1" })), { status: 404 }),
  byForm(
    "importProgress",
    at(href("importProgress", { id: "1" })),
    {},
    { ...notRead, status: 404 },
  ),
  byUrl("bulkProgress", at(href("bulkProgress", { id: "1" })), { status: 404 }),
  byForm("bulkProgress", at(href("bulkProgress", { id: "1" })), {}, { ...notRead, status: 404 }),
  byUrl("importRefused", at(href("importRefused", { id: "1" })), { status: 404 }),
  byCodes("bulkLinks", { action: "expire", expires_in: "2h" }),
  byUrl("tags", at(href("tags"))),
  post("tags", {
    grows: "`to`",
    bound: "50 characters",
    answer: "422",
    size: 12,
    beyond: [51, 422],
    store: (site, size) => site.addTag(letters(size)),
    request: (_, size) => ({
      path: href("tags"),
      init: form({ action: "rename", tag: letters(size), to: letters(size) }),
    }),
  }),
  get("history", {
    grows: "changes of the link",
    bound: "20 former versions are kept",
    answer: "the same page",
    size: 10,
    request: async (site, size) => ({
      path: href("history", { shortCode: await site.addChanged(size) }),
    }),
  }),
  post("history", {
    grows: "changes of the link",
    bound: "20 former versions are kept",
    answer: "404 for an older one",
    size: 5,
    rows: 8,
    store: async (site, size) => site.codes.push(await site.addChanged(size)),
    request: ({ codes }, size) => ({
      path: href("history", { shortCode: codes.at(-1) ?? "" }),
      init: form({ version: String(size) }),
    }),
  }),
  byUrl("trash", at(href("trash"))),
  byCodes("trash", { action: "purge" }),
  get("linkFiles", {
    grows: "files of a collection",
    bound: "200 on a page",
    answer: "a page of them",
    size: 100,
    bytes: 400_000,
    store: (site, size) => site.addCollection(`files-${size}`, size),
    request: (_, size) => ({ path: href("linkFiles", { shortCode: `files-${size}` }) }),
  }),
  byForm(
    "linkFiles",
    at(href("linkFiles", { shortCode: "redirect" })),
    {},
    { ...notRead, status: 404 },
  ),
  byUrl("editLink", at(href("editLink", { shortCode: "redirect" }))),
  byField("editLink", href("editLink", { shortCode: "redirect" }), "note", 10_000, () => ({}), {
    rows: 8,
  }),
  byUrl("deleteLink", at(href("deleteLink", { shortCode: "redirect" }))),
  byUrl("deleteLinkShort", at(href("deleteLinkShort", { shortCode: "redirect" }))),
  ...(["deleteLink", "deleteLinkShort"] as const).map((name) =>
    byForm(
      name,
      (site) => href(name, { shortCode: site.takeCode() }),
      {},
      {
        rows: 4,
        store: (site) => site.addLinks(1),
      },
    ),
  ),
];
