import { href, type UrlName } from "../../src/http/urls.ts";
import {
  byApiDelete,
  byApiUrl,
  byFile,
  byJson,
  byUpload,
  fileBound,
  json,
  newUpload,
} from "./api-request.ts";
import { type BoundRow, letters, row, TARGET } from "./bound-row.ts";
import type { BoundSite } from "./bound-site.ts";

const at = (shortCode: string) => href("apiLink", { shortCode });

/** A field of a link, with the most characters that it may have. */
const byNote = (
  name: UrlName,
  method: "POST" | "PUT" | "PATCH",
  path: (site: BoundSite) => string,
  more: Partial<BoundRow>,
) =>
  row(name, method, {
    grows: "`note`",
    bound: "10,000 characters",
    answer: "422",
    size: 2_500,
    beyond: [10_001, 422],
    rows: 20,
    request: (site, size) => ({
      path: path(site),
      init: json(method, { target: TARGET, note: letters(size) }),
    }),
    ...more,
  });

/** A small body with one text. */
const byText = (
  name: UrlName,
  method: "POST" | "PATCH",
  path: () => string,
  body: (text: string) => object,
  status = 422,
) => byJson(name, method, path, { status, bound: "1 MB", body });

const part = (name: "apiContent" | "apiLinkFiles" | "apiQr" | "apiTransfer", shortCode: string) =>
  href(name, { shortCode });

const aliasOf = (shortCode: string) => href("apiAlias", { shortCode, alias: "other" });

/** Operations of the API. */
export const apiRows: readonly BoundRow[] = [
  byApiUrl("api", () => href("api")),
  byApiUrl("apiDocument", () => href("apiDocument")),
  byApiUrl("apiLinks", () => href("apiLinks")),
  byNote("apiLinks", "POST", () => href("apiLinks"), { status: 201 }),
  row("apiLinksBatch", "POST", {
    grows: "the body",
    bound: "4 MB",
    answer: "413",
    size: 200_000,
    beyond: [4_300_000, 413],
    status: 422,
    bytes: 1_000_000,
    request: (_, size) => ({
      path: href("apiLinksBatch"),
      init: json("POST", {
        mode: "all",
        operations: [{ op: "create", target: "https://a.example/", note: letters(size) }],
      }),
    }),
  }),
  byText(
    "apiLinksApply",
    "POST",
    () => href("apiLinksApply"),
    (note) => ({ toml: `[links.a]\nnote = "${note}"\n` }),
  ),
  byJson("apiChanges", "POST", () => href("apiChanges")),
  byApiUrl("apiChange", () => href("apiChange", { id: "1" })),
  byApiDelete("apiChange", () => href("apiChange", { id: "1" })),
  byApiUrl("apiChangeUndo", () => href("apiChangeUndo", { id: "1" }), "POST"),
  row("apiLinks", "POST", {
    grows: "the text of a document",
    bound: "8 MB of JSON",
    answer: "413",
    size: 200_000,
    beyond: [8_400_000, 413],
    status: 201,
    rows: 20,
    request: (_, size) => ({
      path: href("apiLinks"),
      init: json("POST", { kind: "file", content: "a line\n".repeat(size / 7) }),
    }),
  }),
  byApiUrl("apiLink", () => at("redirect")),
  byNote("apiLink", "PUT", () => at("redirect"), { status: 200 }),
  byNote("apiLink", "PATCH", () => at("redirect"), { status: 200 }),
  byApiDelete("apiLink", () => at("redirect")),
  byApiUrl("apiContent", () => part("apiContent", "file")),
  byFile("apiContent", "PUT", () => part("apiContent", "file"), 200),
  byApiUrl("apiLinkFiles", () => part("apiLinkFiles", "file")),
  byText(
    "apiLinkFiles",
    "PATCH",
    () => part("apiLinkFiles", "file"),
    (title) => ({ files: [{ id: 1, title }] }),
  ),
  row("apiLinkFiles", "POST", {
    grows: "the form",
    bound: "`app.max_file_size_mb`, all files together",
    answer: "413",
    size: 200_000,
    beyond: [3_300_000, 413],
    status: 422,
    request: (_, size) => {
      const body = new FormData();
      body.append("file", new Blob(["x".repeat(size)]), "a.txt");
      return {
        path: part("apiLinkFiles", "file"),
        init: { method: "POST", body, headers: { accept: "*/*" } },
      };
    },
  }),
  byApiUrl("apiQr", () => part("apiQr", "redirect")),
  byApiUrl("apiAlias", () => aliasOf("redirect"), "PUT"),
  byApiDelete("apiAlias", () => aliasOf("redirect")),
  byText(
    "apiTransfer",
    "POST",
    () => part("apiTransfer", "redirect"),
    (to) => ({ to }),
  ),
  byApiUrl("apiVersions", () => href("apiVersions", { shortCode: "redirect" })),
  byApiUrl("apiVersionContent", () =>
    href("apiVersionContent", { shortCode: "redirect", version: "1" }),
  ),
  byApiUrl(
    "apiVersionRestore",
    () => href("apiVersionRestore", { shortCode: "redirect", version: "1" }),
    "POST",
  ),
  byApiUrl("apiTrash", () => href("apiTrash")),
  byApiDelete("apiTrash", () => href("apiTrash")),
  byApiDelete("apiTrashed", () => href("apiTrashed", { trashedCode: "none" })),
  byText(
    "apiRestored",
    "POST",
    () => href("apiRestored", { trashedCode: "none" }),
    (code) => ({ short_code: code }),
    404,
  ),
  byFile("apiFiles", "POST", () => `${href("apiFiles")}?name=a.txt`, 201),
  byApiUrl("apiUploads", () => href("apiUploads")),
  byUpload(
    "apiUploads",
    "POST",
    async () => href("apiUploads"),
    { "upload-defer-length": "1" },
    201,
  ),
  byApiUrl("apiUpload", () => href("apiUpload", { upload: "none" })),
  byUpload("apiUpload", "PATCH", newUpload, { "upload-offset": "0" }, 204),
  byUpload(
    "apiUpload",
    "POST",
    newUpload,
    { "upload-offset": "0", "x-http-method-override": "PATCH" },
    204,
  ),
  byApiDelete("apiUpload", () => href("apiUpload", { upload: "none" })),
  row("sendFiles", "POST", {
    ...fileBound,
    grows: "the files",
    bound: "`app.max_file_size_mb` each",
    status: 200,
    request: (_, size) => {
      const body = new FormData();
      body.set("a", new File([letters(size)], "a.txt"));
      return { path: href("sendFiles"), init: { method: "POST", body } };
    },
  }),
  byFile("sendFiles", "PUT", () => href("sendFiles"), 200),
  byFile("putFile", "PUT", () => href("putFile", { fileName: "a.txt" }), 200),
  byFile("putFileThere", "PUT", () => href("putFileThere", { fileName: "a.txt" }), 200),
  byFile("uploadFileThere", "PUT", () => href("uploadFileThere", { fileName: "a.txt" }), 200),
  {
    ...byApiDelete("removeByToken", () =>
      href("removeByToken", { shortCode: "none", token: "wrong" }),
    ),
    status: 404,
  },
  byApiUrl("apiTags", () => href("apiTags")),
  byText(
    "apiTag",
    "PATCH",
    () => href("apiTag", { tag: "none" }),
    (to) => ({ to }),
  ),
  byApiDelete("apiTag", () => href("apiTag", { tag: "none" })),
  byText(
    "apiTagMerge",
    "POST",
    () => href("apiTagMerge", { tag: "none" }),
    (to) => ({ to }),
    404,
  ),
];
