/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { isInert } from "../../files/media/media-type.ts";
import { isDrawable } from "../../files/media/thumbnails.ts";
import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import type { Content } from "../../links/link.ts";
import { Problem } from "../../problem.ts";
import { formatBytes } from "../../text/format.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { FileFacts } from "./file-facts.tsx";
import { fileText } from "./file-text.tsx";
import { findLive, recordVisit } from "./live-link.ts";
import { contentOf } from "./open-file.ts";

interface Shown {
  readonly call: Call;
  readonly content: Content;
  /** What the link is called. */
  readonly title: string;
  /** Where its bytes are. */
  readonly path: string;
}

/** `GET /-/view/<code>`: a page around a live file; it counts as an opening, and what it shows does not again. */
export async function view(call: Call): Promise<Response> {
  const { app, request, params } = call;
  const { shortCode = "" } = params;
  const opening = await findLive(app, shortCode);
  if (opening.kind !== "file")
    throw new Problem("not_found", "Only a file has a page to be viewed on.");
  const content = contentOf(opening);
  const title = opening.title || content.name;
  const shown = { call, content, title, path: href("open", { shortCode }) };
  const response = await showFile(shown);
  if (request.method === "GET") recordVisit(app, request, opening, app.clock());
  return response;
}

async function showFile(shown: Shown): Promise<Response> {
  const { call, content, title } = shown;
  return await show(
    call,
    { title, sheets: ["link.css", "file.css", "code.css"], head: <Unfurled {...shown} /> },
    <>
      <PageHead title={<span class="name">{title}</span>}>
        <Actions {...shown} />
      </PageHead>
      <div class="file-view">{await preview(shown)}</div>
      <dl class="facts">
        <FileFacts content={content} />
      </dl>
    </>,
  );
}

function Actions({ content: { type }, path }: Shown) {
  return (
    <>
      <a class="btn btn-primary" href={withQuery(path, { download: "1" })}>
        <Icon name="download" /> Download
      </a>
      {isInert(type) && (
        <a class="btn btn-quiet" href={withQuery(path, { inline: "1" })}>
          <Icon name="box-arrow-up-right" /> Open
        </a>
      )}
    </>
  );
}

/** What the browser shows of it in place. A PDF it does not: not every browser can, and then it saves it unasked. */
async function preview({ call, content, path }: Shown): Promise<Child> {
  const { type, name } = content;
  if (type.startsWith("image/")) return <img src={path} alt={name} />;
  const Player = playerOf(type);
  if (Player !== null) return <Player src={path} controls preload="metadata" />;
  return (await fileText(call, content)) ?? <p>{hintFor(content)}</p>;
}

/** Films that are not inert are those that browsers cannot play. */
function playerOf(type: string): "audio" | "video" | null {
  if (!isInert(type)) return null;
  if (type.startsWith("audio/")) return "audio";
  return type.startsWith("video/") ? "video" : null;
}

function hintFor({ type, size }: Content): string {
  if (size === 0) return "This file is empty.";
  return isInert(type)
    ? "Open it in your browser, or download it."
    : "Your browser cannot show this file. Download it to open it.";
}

/** What chats show of the address: Open Graph. */
function Unfurled({ call, content, title, path }: Shown) {
  const { origin } = call.client;
  const { type, size } = content;
  const description = `${type}, ${formatBytes(size)}`;
  return (
    <>
      <meta name="description" content={description} />
      <meta property="og:type" content="website" />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:site_name" content={call.settings["app.title"]} />
      <meta property="og:url" content={origin + call.url.pathname} />
      {isDrawable(content) && <meta property="og:image" content={origin + path} />}
      {isDrawable(content) && <meta property="og:image:type" content={type} />}
    </>
  );
}
