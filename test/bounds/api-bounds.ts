import { href, type UrlName } from "../../src/http/urls.ts";
import { type BoundRow, byUrl, letters, row, TARGET } from "./bound-row.ts";
import type { BoundSite } from "./bound-site.ts";

const JSON_HEADERS = { accept: "application/json", "content-type": "application/json" };

/** A request of the API with a body of JSON. */
const json = (method: string, body: object) => ({
  method,
  headers: JSON_HEADERS,
  body: JSON.stringify(body),
});

/** A GET whose unknown parameter is refused. */
const byApiUrl = (name: UrlName, path: (site: BoundSite) => string, status = 422) => {
  const base = byUrl(name, path, { status });
  const request = async (site: BoundSite, size: number) => ({
    path: (await base.request(site, size)).path,
    init: { headers: { accept: "*/*" } },
  });
  return { ...base, request };
};

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

/** A method whose unknown parameter is refused. */
const byApiQuery = (
  name: UrlName,
  method: "PUT" | "DELETE",
  path: (site: BoundSite) => string,
): BoundRow[] => [
  row(name, method, {
    grows: "the URL",
    bound: "16,384 bytes",
    answer: "414",
    size: 4_000,
    beyond: [17_000, 414],
    status: 422,
    request: (site, size) => ({
      path: `${path(site)}?x=${letters(size - 60)}`,
      init: { method, headers: { accept: "application/json" } },
    }),
  }),
];

/** A small body with one text. */
const byJson = (
  name: UrlName,
  method: "POST" | "PATCH",
  path: () => string,
  body: (text: string) => object,
  status: number,
) =>
  row(name, method, {
    grows: "the body",
    bound: "1 MB",
    answer: "413",
    size: 200_000,
    beyond: [1_100_000, 413],
    status,
    bytes: 1_000_000,
    request: (_, size) => ({ path: path(), init: json(method, body(letters(size))) }),
  });

const part = (name: "apiContent" | "apiQr" | "apiTransfer", shortCode: string) =>
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
  ...byApiQuery("apiLink", "DELETE", () => at("redirect")),
  byApiUrl("apiContent", () => part("apiContent", "file")),
  row("apiContent", "PUT", {
    grows: "the file",
    bound: "`app.max_file_size_mb`",
    answer: "413",
    size: 200_000,
    beyond: [1_100_000, 413],
    status: 200,
    rows: 20,
    request: (_, size) => ({
      path: part("apiContent", "file"),
      init: { method: "PUT", headers: { accept: "application/json" }, body: letters(size) },
    }),
  }),
  byApiUrl("apiQr", () => part("apiQr", "redirect")),
  ...byApiQuery("apiAlias", "PUT", () => aliasOf("redirect")),
  ...byApiQuery("apiAlias", "DELETE", () => aliasOf("redirect")),
  byJson(
    "apiTransfer",
    "POST",
    () => part("apiTransfer", "redirect"),
    (to) => ({ to }),
    422,
  ),
  byApiUrl("apiTrash", () => href("apiTrash")),
  ...byApiQuery("apiTrash", "DELETE", () => href("apiTrash")),
  ...byApiQuery("apiTrashed", "DELETE", () => href("apiTrashed", { trashedCode: "none" })),
  byJson(
    "apiRestored",
    "POST",
    () => href("apiRestored", { trashedCode: "none" }),
    (code) => ({ short_code: code }),
    404,
  ),
  row("apiFiles", "POST", {
    grows: "the file",
    bound: "`app.max_file_size_mb`",
    answer: "413",
    size: 200_000,
    beyond: [1_100_000, 413],
    status: 201,
    rows: 20,
    request: (_, size) => ({
      path: `${href("apiFiles")}?name=a.txt`,
      init: { method: "POST", headers: { accept: "application/json" }, body: letters(size) },
    }),
  }),
  byApiUrl("apiTags", () => href("apiTags")),
  byJson(
    "apiTag",
    "PATCH",
    () => href("apiTag", { tag: "none" }),
    (to) => ({ to }),
    422,
  ),
  ...byApiQuery("apiTag", "DELETE", () => href("apiTag", { tag: "none" })),
  byJson(
    "apiTagMerge",
    "POST",
    () => href("apiTagMerge", { tag: "none" }),
    (to) => ({ to }),
    404,
  ),
];
