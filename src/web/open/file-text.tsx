/** @jsxImportSource hono/jsx */
import { raw } from "hono/html";
import { extensionOf } from "../../files/file-name.ts";
import { textOf } from "../../files/media/media-type.ts";
import type { Call } from "../../http/call.ts";
import type { Content } from "../../links/link.ts";
import { MAX_CODE } from "../../pages/markdown/highlight.ts";
import { Problem } from "../../problem.ts";
import { formatBytes } from "../../text/format.ts";

/** As much of a text as is read, in bytes. */
const SHOWN_BYTES = 262_144;

/** The beginning of a file as text, coloured where its name tells a language; null where it is none. */
export async function fileText(call: Call, content: Content) {
  if (!/^(?:text\/|application\/octet-stream$)/.test(content.type)) return null;
  const bytes = await call.app.blobs.open(content);
  const isCut = content.size > SHOWN_BYTES;
  const text = textOf(await bytes.slice(0, SHOWN_BYTES).bytes(), isCut);
  if (text === null || text === "") return null;
  const html = await colour(call, text, extensionOf(content.name));
  return (
    <>
      {isCut && <p>These are its first {formatBytes(SHOWN_BYTES)}. Download it to see the rest.</p>}
      <div class="file-text">{html === null ? <PlainText text={text} /> : raw(html)}</div>
    </>
  );
}

function PlainText({ text }: { text: string }) {
  return (
    <pre tabindex={0}>
      <code>{text}</code>
    </pre>
  );
}

const UNCOLOURED: ReadonlySet<string> = new Set(["", "txt"]);

/** HTML that our renderer made, in its thread; null where the language is unknown or there is no time for it. */
async function colour({ app }: Call, text: string, language: string): Promise<string | null> {
  if (UNCOLOURED.has(language) || text.length > MAX_CODE) return null;
  const fence = fenceFor(text);
  try {
    const source = `${fence}${language}\n${text}\n${fence}`;
    const { html, usesCode } = await app.renderer.render(source, { nofollow: true });
    return usesCode ? html : null;
  } catch (thrown) {
    if (thrown instanceof Problem) return null;
    throw thrown;
  }
}

/** Longer than any run of backticks in the text, so that none there ends it. */
function fenceFor(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  return "`".repeat(longest + 1);
}
