/** @jsxImportSource hono/jsx */
import { Icon } from "./icon.tsx";

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, as in "the address". */
  readonly what: string;
  /** Whether the icon stands without a word, as in the rows of a table. */
  readonly isIconOnly?: boolean;
}

/** Puts `text` on the clipboard and says so (assets/site.js); there is none where nothing is scripted. */
export function CopyButton({ text, what, isIconOnly = false }: CopyButtonProps) {
  const words = isIconOnly ? "visually-hidden" : "copy-words";
  return (
    <button
      type="button"
      class="btn btn-sm btn-quiet needs-script copy"
      data-copy={text}
      aria-label={`Copy ${what}`}
    >
      <span class="copy-before">
        <Icon name="copy" /> <span class={words}>Copy</span>
      </span>
      <span class="copy-after">
        <Icon name="check" /> <span class={words}>Copied</span>
      </span>
    </button>
  );
}
