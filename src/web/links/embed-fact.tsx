/** @jsxImportSource #markup */

import { isInert } from "../../files/media/media-type.ts";
import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import type { Link } from "../../links/link.ts";
import { ANY_HOST, NO_HOSTS } from "../../links/options/embed-hosts.ts";
import { embeddersOf } from "../open/frame/embedders.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Fact } from "../ui/fact.tsx";
import { write } from "../ui/markup/markup.ts";
import { text } from "./text.en.ts";

interface Shown {
  readonly call: Call;
  readonly link: Link;
}

/** The websites that may show the link in a frame, and while they may, the line for their pages. */
export function EmbedFact({ call, link }: Shown) {
  const { embedHosts } = link;
  if (embedHosts === NO_HOSTS) return null;
  const isGated = link.visitLimit !== null || link.passwordHash !== "";
  const isAllowed = embeddersOf({ embedHosts, isGated }, call.settings) !== NO_HOSTS;
  const refusal = isGated ? text.embedding.gated : text.embedding.notAny;
  const line = isAllowed ? lineOf(call, link) : null;
  return (
    <Fact name={text.facts.embedding}>
      <span class="name">
        {!isAllowed ? refusal : embedHosts === ANY_HOST ? text.embedding.any : embedHosts}
      </span>
      {line && (
        <div class="address">
          <code class="name">{line}</code>
          <CopyButton text={line} what={text.embedding.code} />
        </div>
      )}
    </Fact>
  );
}

/** Null for a file that browsers download. */
function lineOf({ client }: Call, { shortCode, kind, content, inline, title }: Link) {
  if (kind === "file" && (content === null || !isInert(content.type))) return null;
  const isDownloaded = kind === "file" && !inline;
  const path = withQuery(href("open", { shortCode }), { inline: isDownloaded ? "1" : null });
  const name = title || content?.name || shortCode;
  return write(<iframe src={client.origin + path} title={name} width="100%" height="600" />);
}
