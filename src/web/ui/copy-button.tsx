/** @jsxImportSource #markup */
import { Icon } from "./icon.tsx";
import { text as shared } from "./text.en.ts";

type CopyButtonProps = CopiedText & {
  /** What is copied, as in "the short link". */
  readonly what: string;
  /** Whether the icon stands without a word, as in the rows of a table. */
  readonly isIconOnly?: boolean;
};

/** A text, or the selector of the element of the page that has it. */
type CopiedText = { readonly text: string } | { readonly from: string };

/** Copies a text to the clipboard and says so (assets/site.js); hidden where scripts are off. */
export function CopyButton({ what, isIconOnly = false, ...copied }: CopyButtonProps) {
  return (
    <button
      type="button"
      class="btn btn-sm btn-quiet needs-script copy"
      data-copy={"text" in copied ? copied.text : undefined}
      data-copy-from={"from" in copied ? copied.from : undefined}
      aria-label={shared.copying.label(what)}
      data-copied={shared.copying.copied}
      data-copy-failed={shared.copying.failed}
    >
      <span class="copy-before">
        <Icon name="copy" />
        {!isIconOnly && ` ${shared.actions.copy}`}
      </span>
      <span class="copy-after">
        <Icon name="check" />
        {!isIconOnly && ` ${shared.copying.copied}`}
      </span>
    </button>
  );
}
