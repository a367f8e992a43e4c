import { Problem } from "../problem.ts";

/** What most file systems take, in bytes of UTF-8. */
const MAX_BYTES = 255;

const NAMELESS = "file";

/** Controls, line separators, the byte order mark, and what turns the direction of reading around. */
const UNSEEN = /[\p{Cc}\u2028\u2029\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const EXTENSION = /\.([a-z0-9]{1,10})$/i;

/**
 * The name a file has for people, from the one it came with: any script, one line, no path, at most 255 bytes of
 * UTF-8 with its extension kept. Never a path of ours: what is stored has a name that we make.
 */
export function cleanFileName(given: string): string {
  const seen = given.toWellFormed().replaceAll(UNSEEN, "").normalize("NFC");
  const last = seen.split(/[/\\]/).at(-1) ?? "";
  const name = last.replace(/^[.\s]+|[.\s]+$/g, "");
  return name === "" ? NAMELESS : cut(name);
}

/** The extension of a file's name, in lower case and without its dot; "" when it is none of 1 to 10 ASCII letters and digits. */
export function extensionOf(name: string): string {
  return EXTENSION.exec(name)?.[1]?.toLowerCase() ?? "";
}

/**
 * Refuses a name whose extension is not allowed; `["*"]` allows all.
 * @throws Problem `invalid` on `field`
 */
export function requireAllowedName(name: string, allowed: readonly string[], field: string): void {
  const extension = extensionOf(name);
  if (allowed.includes("*") || allowed.includes(extension)) return;
  const which = extension === "" ? "without an extension" : `that end in .${extension}`;
  const message = `Files ${which} are not allowed here. Allowed: ${allowed.join(", ")}.`;
  throw new Problem("invalid", message, { fields: { [field]: message } });
}

function cut(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  const stem = fitting(name.slice(0, name.length - extension.length), MAX_BYTES - extension.length);
  return (stem.replace(/[.\s]+$/, "") || NAMELESS) + extension;
}

const characters = new Intl.Segmenter();

/** Cut between characters as people see them: an accent or an emoji stays whole. */
function fitting(text: string, maxBytes: number): string {
  let end = 0;
  let bytes = 0;
  for (const { segment, index } of characters.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
