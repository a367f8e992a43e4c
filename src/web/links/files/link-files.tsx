/** @jsxImportSource #markup */
import type { Call, Handler } from "../../../http/call.ts";
import { fileListOf } from "../../../http/content/file-list.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import type { Form } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { parseId } from "../../../http/request/parse-id.ts";
import { json } from "../../../http/response/response.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { FileEdit, LinkFile } from "../../../links/files/link-file.ts";
import { mayHaveFiles } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { noSuchLink } from "../../../links/rows/access.ts";
import { declaredIn } from "../../../links/rows/declared.ts";
import { formatBytes } from "../../../text/format.ts";
import { goTo } from "../../go-to.ts";
import { PageHead } from "../../ui/layout/layout.tsx";
import { readPageNumber } from "../../ui/list/page-number.ts";
import { Pager } from "../../ui/list/pager.tsx";
import { type Entry, PostForm, showForm, submit } from "../../ui/post-form.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { text as shared } from "../../ui/text.en.ts";
import { isChecked } from "../form/form-fields.ts";
import { FILES_FIELD, listedFields, readSentForm, takeListedUploads } from "../form/sent-form.ts";
import { FileList } from "./file-list.tsx";
import { text } from "./text.en.ts";

/** `/-/files/<code>`: the files of a collection, or of an HTML page beside it, as their owner changes them. */
export const linkFiles = { show, change } satisfies Record<string, Handler>;

/** Files on a page: each has four fields. */
const PAGE = 200;

async function show(call: Call): Promise<Response> {
  return await showPage(call, await findCollection(call), { values: {} });
}

async function change(call: Call): Promise<Response> {
  const link = await findCollection(call);
  const owner = { id: link.ownerId, username: link.owner };
  await using sent = await readSentForm(call, owner);
  return await submit(
    call,
    async () => {
      requireFields(call.request, sent.form, {
        known: [...repeated, ...listedFields, "revision", "page", "remove_metadata"],
        repeatable: [...repeated, ...listedFields],
      });
      const uploads = await takeListedUploads(call, sent, owner);
      const revision = Number(sent.form.text("revision")) || undefined;
      const listed = fileListOf(call, sent.lists.get(FILES_FIELD) ?? [], FILES_FIELD);
      const isCleaned = isChecked(sent.form.text("remove_metadata"));
      const { removedMetadata } = call.app.files;
      await using cleaned = await removedMetadata.cleanAll(listed, isCleaned);
      const changes = { edits: editsIn(sent.form), added: cleaned.files, revision };
      const { files } = call.app.links;
      const { shortCode, revision: now } = await files.change(call.actor, link.shortCode, changes);
      await uploads.markUsed(shortCode);
      const answer = { short_code: shortCode, revision: now, page: addressOf(shortCode, 1) };
      if (prefersJson(call.request)) return json(answer, { call });
      const page = addressOf(shortCode, readPageNumber(sent.form.text("page")) ?? 1);
      return goTo(call, page, { code: "saved", shortCode });
    },
    (refusal) => showPage(call, link, { values: {}, refusal }),
  );
}

const repeated = ["id", "path", "title", "position", "remove"];

/** The fields of each file, in the same order. */
function editsIn(form: Form): FileEdit[] {
  const [paths, titles, positions] = ["path", "title", "position"].map((name) => form.all(name));
  const removed = new Set(form.all("remove"));
  return form.all("id").map((id, at) => {
    const [path, title] = [paths?.[at], titles?.[at]];
    const position = Math.floor(Number(positions?.[at])) || 0;
    return {
      id: parseId(id) ?? 0,
      ...(path !== undefined && { path }),
      ...(title !== undefined && { title }),
      ...(position > 0 && { position }),
      isRemoved: removed.has(id),
    };
  });
}

/** @throws Problem `not_found`; `forbidden` for a link that a file declares */
async function findCollection(call: Call): Promise<ListedLink> {
  const { shortCode = "" } = call.params;
  const link = await call.app.links.get(call.actor, shortCode);
  if (link.declared) throw declaredIn(link, link.owner);
  if (!mayHaveFiles(link)) throw noSuchLink();
  return link;
}

function addressOf(shortCode: string, page: number): string {
  const address = href("linkFiles", { shortCode });
  return withQuery(address, { page: page === 1 ? null : String(page) });
}

async function showPage(call: Call, link: ListedLink, entry: Entry): Promise<Response> {
  const { app, settings, url } = call;
  const { shortCode, revision } = link;
  const page = readPageNumber(url.searchParams.get("page")) ?? 1;
  const from = (page - 1) * PAGE;
  const [files, { count }, usage] = await Promise.all([
    app.links.files.page(link.id, from, PAGE),
    app.links.files.sum(link.id),
    app.files.blobs.usageOf(link.ownerId),
  ]);
  const action = href("linkFiles", { shortCode });
  const title = text.title(shortCode);
  return await showForm(
    call,
    { title, entry, sheets: ["list.css"], scripts: ["portions.js", "files.js"] },
    <>
      <PageHead title={<span class="name">{title}</span>}>
        <a class="btn btn-quiet" href={href("linkPage", { shortCode })}>
          {text.link}
        </a>
      </PageHead>
      {files.length > 0 && (
        <PostForm action={action} entry={entry}>
          <input type="hidden" name="revision" value={String(revision)} />
          <input type="hidden" name="page" value={String(page)} />
          <Table caption={text.list} columns={columnsOf(from)} rows={[...files.entries()]} />
          <button class="btn btn-primary mb-4" type="submit">
            {shared.actions.save}
          </button>
        </PostForm>
      )}
      <Pager
        previous={page > 1 ? addressOf(shortCode, page - 1) : null}
        next={page * PAGE < count ? addressOf(shortCode, page + 1) : null}
      />
      <h2 class="h4 mt-4">{text.add}</h2>
      <p>{text.addHelp}</p>
      <div class="form-width">
        <PostForm action={action} entry={{ values: {} }} enctype="multipart/form-data">
          <FileList entry={entry} settings={settings} usage={usage} />
          <button class="btn btn-primary" type="submit">
            {text.upload}
          </button>
        </PostForm>
      </div>
    </>,
  );
}

type Row = readonly [index: number, file: LinkFile];

const columnsOf = (from: number): readonly Column<Row>[] => [
  {
    heading: text.position,
    cell: ([index, { id, path }]) => (
      <>
        <input type="hidden" name="id" value={String(id)} />
        <input
          class="form-control position"
          name="position"
          inputmode="numeric"
          value={String(from + index + 1)}
          aria-label={text.positionOf(path)}
        />
      </>
    ),
  },
  {
    heading: text.path,
    cell: ([, { path }]) => (
      <input class="form-control" name="path" value={path} aria-label={text.pathOf(path)} />
    ),
  },
  {
    heading: text.fileTitle,
    cell: ([, { path, title }]) => (
      <input class="form-control" name="title" value={title} aria-label={text.titleOf(path)} />
    ),
  },
  { heading: shared.labels.size, cell: ([, { content }]) => formatBytes(content.size) },
  {
    heading: text.remove,
    cell: ([, { id, path }]) => (
      <input
        class="form-check-input"
        type="checkbox"
        name="remove"
        value={String(id)}
        aria-label={text.removeFile(path)}
      />
    ),
  },
];
