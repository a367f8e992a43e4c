import type { Child } from "./markup/markup.ts";

/** A text with markup in its `{places}`, as in `fillText("See {page}.", { page: <a href="/">this page</a> })`. */
export function fillText(text: string, parts: Readonly<Record<string, Child>>): Child[] {
  return text
    .split(/\{(\w+)\}/)
    .map((piece, n) => (n % 2 === 0 ? piece : (parts[piece] ?? `{${piece}}`)));
}
