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
    init: { headers: { accept: "application/json" } },
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

/** Operations of the API. */
export const apiRows: readonly BoundRow[] = [
  byApiUrl("api", () => href("api")),
  byApiUrl("apiDocument", () => href("apiDocument")),
  byApiUrl("apiLinks", () => href("apiLinks")),
  byNote("apiLinks", "POST", () => href("apiLinks"), { status: 201 }),
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
  row("apiLink", "DELETE", {
    grows: "the URL",
    bound: "16,384 bytes",
    answer: "414",
    size: 4_000,
    beyond: [17_000, 414],
    status: 422,
    request: (_, size) => ({
      path: `${at("redirect")}?x=${letters(size - 40)}`,
      init: { method: "DELETE", headers: { accept: "application/json" } },
    }),
  }),
];
