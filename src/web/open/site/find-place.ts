import type { App } from "../../../app.ts";
import type { Opening } from "../../../links/cached-link.ts";
import { INDEX, isPagePath } from "../../../links/files/site-paths.ts";
import type { Content } from "../../../links/link.ts";
import { contentOf } from "../live-link.ts";

/** The page for what a site does not have. */
const NOT_FOUND_PAGE = "404.html";

/** What a site has at a path. */
export type SitePlace =
  | { readonly is: "page" | "file" | "not_found"; readonly content: Content }
  /** It is opened with a slash at its end, by which its page finds its files. */
  | { readonly is: "folder" }
  | { readonly is: "missing" };

/** Finds a file of a site by its path, as it is written; of a folder its index.html, or else the site's 404.html. */
export async function findPlace(app: App, opening: Opening, path: string): Promise<SitePlace> {
  if (path === "" || path === INDEX) return { is: "page", content: contentOf(app, opening) };
  const isFolder = path.endsWith("/");
  const exact = isFolder ? `${path}${INDEX}` : path;
  const content = await findContent(app, opening, exact);
  if (content !== null) return { is: isPagePath(exact) ? "page" : "file", content };
  if (!isFolder && (await findContent(app, opening, `${path}/${INDEX}`)) !== null)
    return { is: "folder" };
  const page = await findContent(app, opening, NOT_FOUND_PAGE);
  return page === null ? { is: "missing" } : { is: "not_found", content: page };
}

/** Paths are stored in one form of Unicode; addresses may have another. */
async function findContent({ links }: App, { id }: Opening, path: string): Promise<Content | null> {
  return (await links.files.find(id, path.normalize("NFC")))?.content ?? null;
}
