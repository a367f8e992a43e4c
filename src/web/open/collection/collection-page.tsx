/** @jsxImportSource #markup */
import { isInert } from "../../../files/media/media-type.ts";
import { isDrawable } from "../../../files/media/thumbnails.ts";
import type { Call } from "../../../http/call.ts";
import { takeWork } from "../../../http/caller/take-work.ts";
import { letEmbed } from "../../../http/response/security-headers.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { Opening } from "../../../links/cached-link.ts";
import type { LinkFile } from "../../../links/files/link-file.ts";
import { formatBytes, formatCount } from "../../../text/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { PageHead, show } from "../../ui/layout/layout.tsx";
import { readPageNumber } from "../../ui/list/page-number.ts";
import { Pager } from "../../ui/list/pager.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { text as shared } from "../../ui/text.en.ts";
import { embeddersOf } from "../frame/embedders.ts";
import { cacheControlOf, type FoundLink } from "../live-link.ts";
import { recordVisit } from "../record-visit.ts";
import { text } from "../text.en.ts";
import { FilePicture } from "../viewer/file-facts.tsx";
import { OpenGraph } from "../viewer/open-graph.tsx";

/** Files on a page. */
const PAGE = 200;

/** CPU time in milliseconds of a page. */
const PAGE_MS = 5;

/** Whether another page of a collection is asked for than its first: that is part of the same visit. */
export function isFurtherPage(call: Call, { opening }: FoundLink): boolean {
  return opening.kind === "collection" && numberOf(call) > 1;
}

function numberOf({ url }: Call): number {
  return readPageNumber(url.searchParams.get("page")) ?? 1;
}

interface Shown {
  readonly call: Call;
  readonly opening: Opening;
  readonly shortCode: string;
  readonly files: readonly LinkFile[];
  readonly count: number;
  readonly bytes: number;
  readonly page: number;
}

/** `GET /:shortCode` of a collection: a page with its files. It counts as the visit. */
export async function openCollection(call: Call, opening: Opening): Promise<Response> {
  const { app, request, params, settings } = call;
  takeWork(call, PAGE_MS);
  const page = numberOf(call);
  const [{ count, bytes }, files] = await Promise.all([
    app.links.files.sum(opening.id),
    app.links.files.page(opening.id, (page - 1) * PAGE, PAGE),
  ]);
  const shown = { call, opening, shortCode: params.shortCode ?? "", files, count, bytes, page };
  const response = await showPage(shown);
  letEmbedPage(call, opening, response);
  const control = cacheControlOf(opening, settings, app.clock());
  if (opening.isGated) response.headers.set("cache-control", control);
  if (request.method === "GET" && page === 1) recordVisit(call, opening, app.clock());
  return response;
}

/** Only that of a visitor: a website drawn around a page must not have a user's clicks. */
function letEmbedPage({ user, settings }: Call, opening: Opening, { headers }: Response): void {
  if (user !== null) return;
  const policy = headers.get(POLICY) ?? "";
  headers.set(POLICY, letEmbed({ [POLICY]: policy }, embeddersOf(opening, settings))[POLICY] ?? "");
}

const POLICY = "content-security-policy";

async function showPage(shown: Shown): Promise<Response> {
  const { call, opening, shortCode, count, bytes, page, files } = shown;
  const title = opening.title || shortCode;
  const summary = text.collection.summary(formatCount(count), count, formatBytes(bytes));
  const zip = href("zip", { shortCode });
  return await show(
    call,
    { title, sheets: ["list.css"], head: <Unfurled {...shown} title={title} summary={summary} /> },
    <>
      <PageHead title={<span class="name">{title}</span>}>
        {count > 0 && (
          <a class="btn btn-primary" href={zip}>
            <Icon name="download" /> {text.collection.downloadAll}
          </a>
        )}
      </PageHead>
      <p>{summary}</p>
      {files.length > 0 && (
        <form action={zip}>
          <Table caption={text.collection.files} columns={columnsOf(shown)} rows={files} />
          <button class="btn btn-quiet mb-3" type="submit">
            <Icon name="download" /> {text.collection.downloadSelected}
          </button>
        </form>
      )}
      <Pager
        previous={page > 1 ? addressOf(shortCode, page - 1) : null}
        next={page * PAGE < count ? addressOf(shortCode, page + 1) : null}
      />
    </>,
  );
}

function addressOf(shortCode: string, page: number): string {
  return withQuery(href("open", { shortCode }), { page: page === 1 ? null : String(page) });
}

const columnsOf = (shown: Shown): readonly Column<LinkFile>[] => [
  {
    heading: <span class="visually-hidden">{text.collection.select}</span>,
    label: null,
    cell: ({ id, path }) => (
      <input
        class="form-check-input"
        type="checkbox"
        name="file"
        value={String(id)}
        aria-label={text.collection.selectFile(path)}
      />
    ),
  },
  {
    heading: shared.labels.name,
    label: null,
    class: "link-name",
    cell: (file) => <FileName {...shown} file={file} />,
  },
  {
    heading: shared.labels.size,
    class: "text-nowrap",
    cell: ({ content }) => formatBytes(content.size),
  },
  {
    heading: <span class="visually-hidden">{shared.labels.actions}</span>,
    label: null,
    cell: ({ path }) => (
      <a
        class="btn btn-quiet"
        href={withQuery(href("part", { shortCode: shown.shortCode, path }), { download: "1" })}
        aria-label={text.collection.downloadFile(path)}
      >
        <Icon name="download" />
      </a>
    ),
  },
];

function FileName({ shortCode, file }: Shown & { readonly file: LinkFile }) {
  const { path, title, content } = file;
  const name = <span class="name">{title || path}</span>;
  return (
    <div class="pictured">
      <FilePicture shortCode={shortCode} file={file} />
      {isInert(content.type) ? (
        <a href={withQuery(href("part", { shortCode, path }), { inline: "1" })}>{name}</a>
      ) : (
        <span>{name}</span>
      )}
      {title !== "" && <span class="name small">{path}</span>}
    </div>
  );
}

type Unfurling = Shown & { readonly title: string; readonly summary: string };

/** What chats show of it, with its first image. */
function Unfurled({ call, shortCode, title, summary, files }: Unfurling) {
  const image = files.find(({ content }) => isDrawable(content));
  return (
    <>
      <OpenGraph call={call} type="website" title={title} description={summary} />
      {image && (
        <meta
          property="og:image"
          content={call.client.origin + href("part", { shortCode, path: image.path })}
        />
      )}
    </>
  );
}
