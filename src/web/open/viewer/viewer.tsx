/** @jsxImportSource #markup */

import {
  DIMENSIONS_WITHIN,
  type Dimensions,
  imageDimensions,
} from "../../../files/media/image-dimensions.ts";
import { isInert } from "../../../files/media/media-type.ts";
import type { Call } from "../../../http/call.ts";
import { takeWork } from "../../../http/caller/take-work.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { Content } from "../../../links/link.ts";
import { Problem } from "../../../problem.ts";
import { Icon } from "../../ui/icon.tsx";
import { PageHead, show } from "../../ui/layout/layout.tsx";
import type { Child } from "../../ui/markup/markup.ts";
import { text as shared } from "../../ui/text.en.ts";
import { throughGate } from "../gate/through-gate.ts";
import {
  contentOf,
  type FoundLink,
  findLink,
  refuseUnlessLive,
  withoutMore,
} from "../live-link.ts";
import { recordVisit } from "../record-visit.ts";
import { text } from "../text.en.ts";
import { FileFacts } from "./file-facts.tsx";
import { fileText } from "./file-text.tsx";
import { FileOpenGraph } from "./open-graph.tsx";
import { playerOf } from "./player-of.ts";
import { tableOfRows } from "./table-of-rows.tsx";

interface Shown {
  readonly call: Call;
  readonly content: Content;
  readonly title: string;
  /** Path of its bytes. */
  readonly path: string;
  /** Of an image, where they are known. */
  readonly dimensions: Dimensions | null;
}

/** CPU time in milliseconds of a page, whatever it shows. */
const PAGE_MS = 3;

/** `GET /-/view/<code>`: a page around a live file. It counts as the visit; the file that it shows does not. */
export async function view(call: Call): Promise<Response> {
  const found = await findLink(call.app, call.params.shortCode ?? "");
  return await throughGate(call, found, "view", () => viewFound(call, found));
}

async function viewFound(call: Call, { shortCode, opening }: FoundLink): Promise<Response> {
  const { app, request, params } = call;
  refuseUnlessLive(app, opening);
  if (opening.kind !== "file") throw new Problem("not_found", text.problem.notAFile);
  if (shortCode !== params.shortCode) return withoutMore(call, href("view", { shortCode }));
  const content = contentOf(app, opening);
  takeWork(call, PAGE_MS);
  const title = opening.title || content.name;
  const dimensions = await dimensionsOf(call, content);
  const shown = { call, content, title, path: href("open", { shortCode }), dimensions };
  const response = await showFile(shown);
  if (request.method === "GET") recordVisit(call, opening, app.clock());
  return response;
}

async function showFile(shown: Shown): Promise<Response> {
  const { call, content, title } = shown;
  return await show(
    call,
    {
      title,
      sheets: ["link.css", "file.css", "code.css"],
      // The first one copies.
      scripts: ["site.js", "file.js"],
      head: <FileOpenGraph {...shown} />,
    },
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
        <Icon name="download" /> {shared.actions.download}
      </a>
      {isInert(type) && (
        <a class="btn btn-quiet" href={withQuery(path, { inline: "1" })}>
          <Icon name="box-arrow-up-right" /> {shared.actions.open}
        </a>
      )}
    </>
  );
}

/** The file as the browser can show it. */
async function preview({ call, content, path, dimensions }: Shown): Promise<Child> {
  const { type, name } = content;
  if (isShownImage(type)) return <img src={path} alt={name} {...dimensions} />;
  const Player = playerOf(type);
  if (Player !== null) return <Player src={path} controls preload="metadata" />;
  if (type === "application/pdf") return <Pdf {...{ content, path }} />;
  const table = await tableOfRows(call, content);
  return table ?? (await fileText(call, content)) ?? <p>{hintFor(content)}</p>;
}

/**
 * In a frame, by file.js, where the browser has a viewer: others would download it at once. Browsers show no PDF in a
 * sandbox; their viewer is one, and the policy of the file lets nothing run.
 */
function Pdf({ content, path }: Pick<Shown, "content" | "path">) {
  return (
    <>
      <template data-pdf>
        <iframe class="pdf" src={withQuery(path, { inline: "1" })} title={content.name} />
      </template>
      <p>{hintFor(content)}</p>
    </>
  );
}

/** An SVG is no harm in an <img>; other images that are not inert are those that most browsers cannot show. */
function isShownImage(type: string): boolean {
  return type === "image/svg+xml" || (type.startsWith("image/") && isInert(type));
}

/** So that nothing moves when the image arrives. */
async function dimensionsOf({ app }: Call, content: Content): Promise<Dimensions | null> {
  if (!isShownImage(content.type)) return null;
  const bytes = await app.files.blobs.open(content);
  return imageDimensions(content.type, await bytes.slice(0, DIMENSIONS_WITHIN).bytes());
}

function hintFor({ type, size }: Content): string {
  if (size === 0) return text.viewer.empty;
  return isInert(type) ? text.viewer.openOrDownload : text.viewer.notShowable;
}
