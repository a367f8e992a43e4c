/** @jsxImportSource #markup */
import { CopyButton } from "../../ui/copy-button.tsx";
import { html, raw } from "../../ui/markup/markup.ts";
import { text } from "../text.en.ts";

/** A text of more lines has no numbers: the page would be several times as large as the text. */
const MOST_LINES = 10_000;

interface NumberedTextProps {
  readonly source: string;
  /** The same as HTML, in colours; null: as it is. */
  readonly coloured: string | null;
}

/** A text with the number of each line, which is also its address: `#L10`, and by file.js `#L10-L20`. */
export function NumberedText({ source, coloured }: NumberedTextProps) {
  return (
    <>
      <p class="file-tools">
        <CopyButton from=".file-text code" what={text.viewer.theText} />
      </p>
      <section class="file-text" tabindex={0} aria-label={text.viewer.content} data-lines>
        <Numbers count={linesOf(source)} />
        {coloured === null ? html`<pre><code>${source}</code></pre>` : raw(coloured)}
      </section>
    </>
  );
}

/** Out of the order of tabs, which ten thousand lines would fill. */
function Numbers({ count }: { count: number }) {
  if (count > MOST_LINES) return null;
  const numbers = Array.from({ length: count }, (_, at) => {
    const line = at + 1;
    return `<a id="L${line}" href="#L${line}" tabindex="-1">${line}</a>`;
  });
  return <div class="line-numbers">{raw(numbers.join(""))}</div>;
}

function linesOf(source: string): number {
  const ends = source.match(/\n/g)?.length ?? 0;
  return source.endsWith("\n") ? ends : ends + 1;
}
