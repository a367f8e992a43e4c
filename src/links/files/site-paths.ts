import { invalid } from "../../problem.ts";
import { text } from "../text.en.ts";
import { nameIn, parseFilePath } from "./file-path.ts";

/** The page of a folder; of the first folder, the content of the link. */
export const INDEX = "index.html";

/** What systems leave in folders and archives; and all hidden files, such as those of Git. */
const IGNORED = /^(?:\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/** A file of a site before it has its place there. */
interface Placed<Item> {
  readonly path: string;
  readonly item: Item;
}

/** The files of a site. */
export interface SiteFiles<Item> {
  readonly index: Item;
  readonly others: readonly Placed<Item>[];
}

/**
 * Finds the places of the files of a folder or an archive in a site: without the one folder that they may all be in, and
 * without what systems leave there.
 * @throws Problem `invalid` on `field` without an index.html, with too many files, or with two of the same path
 */
export function placeSite<Item>(
  given: readonly Placed<Item>[],
  { field, mostFiles }: { readonly field: string; readonly mostFiles: number },
): SiteFiles<Item> {
  const wanted = given.filter(
    ({ path }) => !path.split(/[/\\]/).some((part) => IGNORED.test(part)),
  );
  if (wanted.length > mostFiles) throw invalid(field, text.site.tooMany(mostFiles));
  const parsed = wanted.map(({ path, item }) => ({ path: parseFilePath(path, field), item }));
  const start = commonFolder(parsed.map(({ path }) => path)).length;
  const byPath = new Map<string, Item>();
  for (const { path, item } of parsed) {
    const place = path.slice(start);
    if (byPath.has(place)) throw invalid(field, text.site.samePath(place));
    byPath.set(place, item);
  }
  const index = byPath.get(INDEX);
  if (index === undefined) throw invalid(field, text.site.noIndex);
  byPath.delete(INDEX);
  return { index, others: [...byPath].map(([path, item]) => ({ path, item })) };
}

/** The folder with its slash in which all paths are; else empty. */
function commonFolder([first = "", ...others]: readonly string[]): string {
  const folder = first.slice(0, first.indexOf("/") + 1);
  return others.every((path) => path.startsWith(folder)) ? folder : "";
}

/** Whether browsers open the file at a path as a page. */
export function isPagePath(path: string): boolean {
  return /\.html?$/i.test(nameIn(path));
}
