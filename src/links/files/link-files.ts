import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { Actor } from "../../policy.ts";
import { invalid } from "../../problem.ts";
import { changedSince, isChangedSince } from "../input/revision.ts";
import { type Link, mayHaveFiles } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { noSuchLink, transferred, visible } from "../rows/access.ts";
import { refuseDeclared } from "../rows/declared.ts";
import { isStoredCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import { parseFilePath, parseFileTitle } from "./file-path.ts";
import type { KeptLinkFile } from "./kept-file.ts";
import {
  type FileEdit,
  type FileSum,
  type LinkFile,
  MAX_FILES,
  type NewLinkFile,
} from "./link-file.ts";
import {
  fileFrom,
  filesInOrder,
  readFiles,
  readFilesOf,
  selectFiles,
  sumFiles,
} from "./link-file-rows.ts";
import { INDEX } from "./site-paths.ts";

/** Files that one query of a list reads. */
const PAGE = 500;

/** Changes of a link's files. */
export interface FileChanges {
  readonly edits: readonly FileEdit[];
  /** One with the path of a file that there is replaces its bytes. */
  readonly added: readonly NewLinkFile[];
  /** The changes are refused if the link has another one. */
  readonly revision?: number | undefined;
}

export interface LinkFilesParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly contents: LinkContent;
  readonly clock: Clock;
}

/** The files of links that have several: collections, and HTML pages with what they use. */
export class LinkFiles {
  readonly #parts: LinkFilesParts;

  constructor(parts: LinkFilesParts) {
    this.#parts = parts;
  }

  /** Number of a link's files, and their bytes together. */
  async sum(linkId: number): Promise<FileSum> {
    return await sumFiles(this.#parts.database.read, linkId);
  }

  /** Some files of a link, in their order. */
  async page(linkId: number, from: number, limit: number): Promise<LinkFile[]> {
    const query = filesInOrder(this.#parts.database.read).where("link_id", "=", linkId);
    return (await query.offset(from).limit(limit).execute()).map(fileFrom);
  }

  /** All files of a link in their order, read in portions: a list of any length needs little memory. */
  async *all(linkId: number): AsyncGenerator<LinkFile> {
    for (let from = 0; ; from += PAGE) {
      const page = await this.page(linkId, from, PAGE);
      yield* page;
      if (page.length < PAGE) return;
    }
  }

  /** Those of some files that the link has, in their order. */
  async some(linkId: number, ids: readonly number[]): Promise<LinkFile[]> {
    const query = filesInOrder(this.#parts.database.read).where("link_id", "=", linkId);
    return (await query.where("link_file.id", "in", ids).execute()).map(fileFrom);
  }

  /** The files of several links, by the ids of the links. */
  async ofMany(linkIds: readonly number[]): Promise<ReadonlyMap<number, readonly LinkFile[]>> {
    return await readFilesOf(this.#parts.database.read, linkIds);
  }

  /** The file at a path, as it is written. */
  async find(linkId: number, path: string): Promise<LinkFile | null> {
    const query = selectFiles(this.#parts.database.lookup).where("link_id", "=", linkId);
    const row = await query.where("link_file.path", "=", path).executeTakeFirst();
    return row === undefined ? null : fileFrom(row);
  }

  /** A file of a link by its id. */
  async get(linkId: number, id: number): Promise<LinkFile | null> {
    const query = selectFiles(this.#parts.database.lookup).where("link_id", "=", linkId);
    const row = await query.where("link_file.id", "=", id).executeTakeFirst();
    return row === undefined ? null : fileFrom(row);
  }

  /**
   * Changes the files of a collection, or those of an HTML page beside it: titles, paths, order, and which there are. Of
   * a collection, at least one stays.
   * @throws Problem `conflict` if the changes are of another revision
   * @throws Problem `not_found`, `forbidden`, `invalid` on `files`, `over_quota`, `busy`, `storage_full`
   */
  async change(actor: Actor, shortCode: string, changes: FileChanges): Promise<Link> {
    const { rows, contents } = this.#parts;
    return await contents.keepAll(changes.added, (kept) =>
      rows.write(actor, async (writer) => {
        const link = await loadWithFiles(writer, actor, shortCode);
        if (isChangedSince(link, changes.revision)) throw changedSince(link);
        if (kept.some(({ blob }) => blob.ownerId !== link.ownerId)) throw transferred();
        return await this.#change(writer, link, changes.edits, kept);
      }),
    );
  }

  async #change(
    writer: LinkWriter,
    link: Link,
    edits: readonly FileEdit[],
    kept: readonly KeptLinkFile[],
  ): Promise<Link> {
    const { trx } = writer;
    const { contents, clock } = this.#parts;
    const files = await readFiles(trx, link.id);
    const { stayed, removed } = edited(files, edits);
    const sent = new Map(kept.map((file) => [file.path, file]));
    const replaced = stayed.flatMap((file) => {
      const by = sent.get(file.path);
      return by === undefined ? [] : [{ ...file, by }];
    });
    const replacedPaths = new Set(replaced.map(({ path }) => path));
    const added = kept.filter(({ path }) => !replacedPaths.has(path));
    const count = stayed.length + added.length;
    if (count === 0 && link.kind === "collection") throw invalid("files", text.files.none);
    if (link.kind === "html" && [...stayed, ...added].some(({ path }) => path === INDEX))
      throw invalid("path", text.files.indexIsPage);
    if (count > MAX_FILES) throw invalid("files", text.files.tooMany(MAX_FILES));
    const ids = removed.map(({ id }) => id);
    if (ids.length > 0) await trx.deleteFrom("link_file").where("id", "in", ids).execute();
    await contents.release(
      trx,
      [...removed, ...replaced].map(({ content }) => content.blobId),
    );
    await saveChanged(writer, files, stayed);
    for (const { id, by } of replaced) {
      const content = await contents.useFor(trx, link, by);
      const set = {
        blob_id: content.blobId,
        media_type: content.type,
        added_at: content.modifiedAt,
      };
      await trx.updateTable("link_file").set(set).where("id", "=", id).execute();
    }
    await contents.addFiles(trx, link, added, stayed.length);
    const counts = { added: added.length, replaced: replaced.length, removed: removed.length };
    return await writer.update(link, { updatedAt: clock() }, counts);
  }
}

async function loadWithFiles(writer: LinkWriter, actor: Actor, shortCode: string): Promise<Link> {
  if (!isStoredCode(shortCode)) throw noSuchLink();
  const [found] = await writer.lock([shortCode]);
  const link = visible(actor, "link.edit", found);
  await refuseDeclared(writer.trx, [link]);
  if (!mayHaveFiles(link)) throw invalid("kind", text.files.noCollection);
  return link;
}

/** The files that stay, in their new order, and those that go. */
function edited(
  files: readonly LinkFile[],
  edits: readonly FileEdit[],
): { readonly stayed: readonly LinkFile[]; readonly removed: readonly LinkFile[] } {
  const byId = new Map(edits.map((edit) => [edit.id, edit]));
  const places = files.map((file, index) => {
    const { position = index + 1 } = byId.get(file.id) ?? {};
    // Beside the one that is there now, on the side away from its own place.
    return { file, place: position + Math.sign(position - index - 1) / 2 };
  });
  const ordered = places.toSorted((a, b) => a.place - b.place).map(({ file }) => file);
  const isRemoved = ({ id }: LinkFile) => byId.get(id)?.isRemoved === true;
  const stayed = ordered
    .filter((file) => !isRemoved(file))
    .map((file) => {
      const { path, title } = byId.get(file.id) ?? {};
      return {
        ...file,
        ...(path !== undefined && { path: parseFilePath(path, "path") }),
        ...(title !== undefined && { title: parseFileTitle(title) }),
      };
    });
  const paths = new Set(stayed.map(({ path }) => path));
  if (paths.size < stayed.length) throw invalid("path", text.files.samePath);
  return { stayed, removed: files.filter(isRemoved) };
}

/** Paths are exchanged in two steps, so that no two files have the same one in between. */
async function saveChanged(
  { trx }: LinkWriter,
  before: readonly LinkFile[],
  after: readonly LinkFile[],
): Promise<void> {
  const former = new Map(before.map((file, position) => [file.id, { file, position }]));
  const moved = after.filter(({ id, path }) => former.get(id)?.file.path !== path);
  for (const { id } of moved)
    await trx
      .updateTable("link_file")
      .set({ path: `/${id}` })
      .where("id", "=", id)
      .execute();
  for (const [position, { id, path, title }] of after.entries()) {
    const old = former.get(id);
    if (old?.position === position && old.file.path === path && old.file.title === title) continue;
    const set = { path, title, position };
    await trx.updateTable("link_file").set(set).where("id", "=", id).execute();
  }
}
