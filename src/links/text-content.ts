import { isText } from "../files/media/media-type.ts";
import { invalid } from "../problem.ts";
import type { Kind } from "./link.ts";
import { text } from "./text.en.ts";

/**
 * Refuses a file as the content of a page if its first bytes are not text.
 * @throws Problem `invalid` on `field`
 */
export function requireText(kind: Kind, head: Uint8Array, field: string): void {
  const isPage = kind === "markdown" || kind === "html";
  if (isPage && !isText(head)) throw invalid(field, text.input.notText);
}
