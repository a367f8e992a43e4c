/** @jsxImportSource hono/jsx */
import { raw } from "hono/html";
import { extensionOf } from "../../files/file-name.ts";
import type { Call } from "../../http/call.ts";
import type { Content } from "../../links/link.ts";
import { MAX_CODE } from "../../pages/markdown/highlight.ts";
import { Problem } from "../../problem.ts";
import { formatBytes } from "../../text/format.ts";
import { textOf } from "../../text/text-encoding.ts";
import { text } from "./text.en.ts";

/** Most bytes of a text that are shown. */
const SHOWN_BYTES = 262_144;

/** The beginning of a file as text, highlighted if its name says the language; null if it is not text. */
export async function fileText(call: Call, content: Content) {
  if (!/^(?:text\/|application\/octet-stream$)/.test(content.type)) return null;
  const bytes = await call.app.files.blobs.open(content);
  const isCut = content.size > SHOWN_BYTES;
  const source = textOf(await bytes.slice(0, SHOWN_BYTES).bytes(), isCut);
  if (source === null || source === "") return null;
  const html = await colour(call, source, extensionOf(content.name));
  return (
    <>
      {isCut && <p>{text.viewer.cut(formatBytes(SHOWN_BYTES))}</p>}
      <div class="file-text">{html === null ? <PlainText source={source} /> : raw(html)}</div>
    </>
  );
}

function PlainText({ source }: { source: string }) {
  return (
    <pre tabindex={0}>
      <code>{source}</code>
    </pre>
  );
}

const UNCOLOURED: ReadonlySet<string> = new Set(["", "txt"]);

/** Highlighted HTML from the renderer; null if the language is unknown or rendering failed. */
async function colour({ app }: Call, code: string, language: string): Promise<string | null> {
  if (UNCOLOURED.has(language) || code.length > MAX_CODE) return null;
  const fence = fenceFor(code);
  try {
    const source = `${fence}${language}\n${code}\n${fence}`;
    const { html, usesCode } = await app.pages.renderer.render(source, { nofollow: true });
    return usesCode ? html : null;
  } catch (thrown) {
    if (thrown instanceof Problem) return null;
    throw thrown;
  }
}

/** Longer than any run of backticks in the code, so that none of them ends it. */
function fenceFor(code: string): string {
  const longest = (code.match(/\x60+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  return "\x60".repeat(longest + 1);
}
