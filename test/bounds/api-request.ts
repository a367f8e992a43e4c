import { href, type UrlName } from "../../src/http/urls.ts";
import { type BoundRow, letters, row } from "./bound-row.ts";
import type { BoundSite } from "./bound-site.ts";

type Path = (site: BoundSite) => string;

const ACCEPT = { accept: "*/*" };

/** A request without a body, whose unknown parameter is refused. */
export function byApiUrl(name: UrlName, path: Path, method: BoundRow["method"] = "GET"): BoundRow {
  return row(name, method, {
    grows: "the URL",
    bound: "16,384 bytes",
    answer: "414",
    size: 4_000,
    beyond: [17_000, 414],
    status: 422,
    request: (site, size) => {
      const url = path(site);
      const mark = url.includes("?") ? "&" : "?";
      const more = letters(size - url.length - 3);
      return { path: `${url}${mark}x=${more}`, init: { method, headers: ACCEPT } };
    },
  });
}

export const byApiDelete = (name: UrlName, path: Path) => byApiUrl(name, path, "DELETE");

/** A request of the API with a body of JSON. */
export const json = (method: string, body: object) => ({
  method,
  headers: { ...ACCEPT, "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** A body of JSON with a text: by default of an unknown field, which is refused. */
export function byJson(
  name: UrlName,
  method: "POST" | "PUT" | "PATCH",
  path: Path,
  {
    status = 422,
    bound = "1 MB of JSON",
    body = (extra: string): object => ({ extra }),
  }: { status?: number; bound?: string; body?: (text: string) => object } = {},
): BoundRow {
  return row(name, method, {
    grows: "the body",
    bound,
    answer: "413",
    size: 200_000,
    beyond: [1_100_000, 413],
    status,
    request: (site, size) => ({ path: path(site), init: json(method, body(letters(size))) }),
  });
}

/** What bounds the bytes of one file. */
export const fileBound = {
  bound: "`app.max_file_size_mb`",
  answer: "413",
  size: 200_000,
  beyond: [1_100_000, 413],
  rows: 20,
} as const;

/** A body that is a file. */
export function byFile(
  name: UrlName,
  method: "POST" | "PUT",
  path: Path,
  status: number,
): BoundRow {
  return row(name, method, {
    ...fileBound,
    grows: "the file",
    status,
    request: (site, size) => ({
      path: path(site),
      init: { method, headers: ACCEPT, body: letters(size) },
    }),
  });
}

const TUS = { ...ACCEPT, "tus-resumable": "1.0.0" };

/** Bytes of an upload in portions, of which no length is known. */
export function byUpload(
  name: UrlName,
  method: "POST" | "PATCH",
  path: (site: BoundSite) => Promise<string>,
  more: Readonly<Record<string, string>>,
  status: number,
): BoundRow {
  return row(name, method, {
    ...fileBound,
    grows: "the upload",
    status,
    request: async (site, size) => {
      const headers = { ...TUS, "content-type": "application/offset+octet-stream", ...more };
      return { path: await path(site), init: { method, headers, body: letters(size) } };
    },
  });
}

/** Begins an upload whose length is not known; returns its path. */
export async function newUpload({ world, owner }: BoundSite): Promise<string> {
  const by = { is: "user", userId: owner.id, username: owner.username, role: owner.role } as const;
  const input = { length: null, metadata: "", purpose: "hold" } as const;
  const { id } = await world.app.files.uploads.create(by, owner, input, 1);
  return href("apiUpload", { upload: id });
}
