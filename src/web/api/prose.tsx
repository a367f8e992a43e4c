/** @jsxImportSource #markup */
import type { Child } from "../ui/markup/markup.ts";

/** A text of the document, in which backticks enclose code. */
export function Prose({ text }: { readonly text: string | undefined }): Child {
  return (text ?? "").split("`").map((part, n) => (n % 2 === 0 ? part : <code>{part}</code>));
}
