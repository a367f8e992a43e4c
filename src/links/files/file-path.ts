import { cleanFileName } from "../../files/file-name.ts";
import { invalid } from "../../problem.ts";
import { text } from "../text.en.ts";

/** Longest path, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** Longest title of a file, in characters. */
const MAX_TITLE = 200;

/** Most parts of a path. */
const MAX_PARTS = 32;

/**
 * The path of a file in a link of several, from the name that a browser, a program or an archive gave it: its folders
 * stay, each part cleaned as a file name; it leads nowhere else.
 * @throws Problem `invalid` on `field` for one that is too long
 */
export function parseFilePath(given: string, field: string): string {
  const parts = given
    .split(/[/\\]/)
    .filter((part) => part !== "" && !/^\.{1,2}$/.test(part.trim()));
  const path = parts.map(cleanFileName).join("/") || cleanFileName("");
  if (parts.length > MAX_PARTS || Buffer.byteLength(path) > MAX_BYTES)
    throw invalid(field, text.files.pathTooLong);
  return path;
}

/** @throws Problem `invalid` on `title` */
export function parseFileTitle(given: string): string {
  const title = given.trim().normalize("NFC");
  if (title.length > MAX_TITLE || /\p{Cc}/u.test(title))
    throw invalid("title", text.files.badTitle);
  return title;
}

/** The file name in a path. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `path`, or with a number in its name if that is taken. */
export function freePath(path: string, taken: { has(path: string): boolean }): string {
  if (!taken.has(path)) return path;
  const dot = path.lastIndexOf(".");
  const isExtension = dot > path.lastIndexOf("/") + 1;
  const [stem, ending] = isExtension ? [path.slice(0, dot), path.slice(dot)] : [path, ""];
  for (let number = 2; ; number++) {
    const next = `${stem} (${number})${ending}`;
    if (!taken.has(next)) return next;
  }
}
