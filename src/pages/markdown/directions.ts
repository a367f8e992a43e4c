import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { plainText } from "./plain-text.ts";

type Direction = "ltr" | "rtl";

const CONTAINER = /^(?:bullet_list|ordered_list|list_item|blockquote|table)_(open|close)$/;

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Sets the direction of lists, quotes and tables by their first letter. `dir="auto"`, which every block of text gets
 * from the sanitizer, cannot: it ignores what is in blocks with a direction of their own.
 */
export function directions(md: MarkdownIt): void {
  md.core.ruler.push("directions", setDirections);
}

interface Open {
  readonly token: Token;
  direction: Direction | null;
}

function setDirections({ tokens }: StateCore): void {
  const open: Open[] = [];
  for (const token of tokens) {
    const end = CONTAINER.exec(token.type)?.[1];
    if (end === "open") open.push({ token, direction: null });
    else if (end === "close") open.pop();
    else if (open.at(-1)?.direction === null) settle(open, directionOf(token));
  }
}

function directionOf(token: Token): Direction | null {
  const letter = LETTER.exec(token.type === "inline" ? plainText(token) : "")?.[0];
  if (letter === undefined) return null;
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

/** Sets the direction where it differs from that around it. */
function settle(open: readonly Open[], direction: Direction | null): void {
  if (direction === null) return;
  let around: Direction = "ltr";
  for (const container of open) {
    if (container.direction === null) {
      container.direction = direction;
      if (direction !== around) container.token.attrSet("dir", direction);
    }
    around = container.direction;
  }
}
