/** @jsxImportSource #markup */

import { extensionOf } from "../../../files/file-name.ts";
import type { Call } from "../../../http/call.ts";
import { renderTurn } from "../../../http/caller/rendering.ts";
import type { Content } from "../../../links/link.ts";
import { Problem } from "../../../problem.ts";
import { formatBytes } from "../../../text/format.ts";
import { textOf } from "../../../text/text-encoding.ts";
import { text } from "../text.en.ts";
import { NumberedText } from "./numbered-text.tsx";

/** Most bytes of a text that are shown. */
const SHOWN_BYTES = 262_144;

/** The beginning of a file as text, highlighted if its name says the language; null if it is not text. */
export async function fileText(call: Call, content: Content) {
  if (!/^(?:text\/|application\/octet-stream$)/.test(content.type)) return null;
  const bytes = await call.app.files.blobs.open(content);
  const isCut = content.size > SHOWN_BYTES;
  const source = textOf(await bytes.slice(0, SHOWN_BYTES).bytes(), isCut);
  if (source === null || source === "") return null;
  return (
    <>
      {isCut && <p>{text.viewer.cut(formatBytes(SHOWN_BYTES))}</p>}
      <NumberedText source={source} coloured={isCut ? null : await highlighted(call, content)} />
    </>
  );
}

const UNCOLOURED: ReadonlySet<string> = new Set(["", "txt"]);

/** Null if the language is unknown, or too much is being rendered: the text is then shown plain. */
async function highlighted(call: Call, content: Content): Promise<string | null> {
  const language = extensionOf(content.name);
  if (UNCOLOURED.has(language)) return null;
  try {
    return await call.app.pages.highlight(content, language, renderTurn(call, "visit"));
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "busy") return null;
    throw thrown;
  }
}
