import type { Selectable } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import type { Schema } from "../../database/schema.ts";
import type { Blobs } from "../../files/blobs.ts";
import type { Content, Link } from "../link.ts";

/** How many former versions of a link are kept. */
export const MAX_VERSIONS = 20;

/** The transaction of a change, and the name of its actor. */
export interface Change {
  readonly trx: Trx;
  readonly by: string;
}

type VersionRow = Selectable<Schema["link_version"]>;

/**
 * Rows of what links were before: the destinations of redirects, the texts of Markdown and HTML. A row has the
 * reference to its bytes that the link had, so these count for the quota until it is dropped.
 */
export class LinkVersions {
  readonly #blobs: Blobs;
  readonly #clock: Clock;

  constructor(blobs: Blobs, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Keeps the destination of a redirect that becomes another one, or another kind. */
  async keepTarget(change: Change, link: Link): Promise<void> {
    if (link.kind !== "redirect" || link.target === "") return;
    await this.#keep(change, link, null);
  }

  /**
   * Takes over the link's reference to its text, before that is replaced. False, and nothing is done: of this link, no
   * content is kept. Files are large, and files of the operator change in place.
   */
  async keepContent(change: Change, link: Link): Promise<boolean> {
    const { content } = link;
    if (content === null || (link.kind !== "markdown" && link.kind !== "html")) return false;
    const query = change.trx.selectFrom("blob").select("state").where("id", "=", content.blobId);
    if ((await query.executeTakeFirst())?.state !== "used") return false;
    await this.#keep(change, link, content);
    return true;
  }

  /** Drops the oldest version of a link; false if there is none. */
  async dropOldest(trx: Trx, linkId: number): Promise<boolean> {
    const query = trx.selectFrom("link_version").select(["number", "blob_id"]);
    const oldest = query.where("link_id", "=", linkId).orderBy("number").limit(1);
    const row = await oldest.executeTakeFirst();
    if (row === undefined) return false;
    await this.#drop(trx, linkId, row);
    return true;
  }

  async #keep({ trx, by }: Change, link: Link, content: Content | null): Promise<void> {
    const rows = await this.#rowsOf(trx, link.id);
    const last = rows.at(-1);
    const { number, at, by: author } = versionAfter(last, { ...link, content });
    const row: VersionRow = {
      link_id: link.id,
      number,
      began_at: at,
      author,
      replaced_at: this.#clock(),
      replaced_by: by,
      kind: link.kind,
      target: link.target,
      blob_id: content?.blobId ?? null,
      file_name: content?.name ?? "",
      media_type: content?.type ?? "",
    };
    await trx.insertInto("link_version").values(row).execute();
    for (const old of rows.slice(0, Math.max(0, rows.length + 1 - MAX_VERSIONS)))
      await this.#drop(trx, link.id, old);
  }

  async #rowsOf(trx: Trx, linkId: number): Promise<VersionRow[]> {
    const query = trx.selectFrom("link_version").selectAll().where("link_id", "=", linkId);
    return await query.orderBy("number").execute();
  }

  async #drop(
    trx: Trx,
    linkId: number,
    { number, blob_id }: Pick<VersionRow, "number" | "blob_id">,
  ): Promise<void> {
    const row = trx.deleteFrom("link_version").where("link_id", "=", linkId);
    await row.where("number", "=", number).execute();
    if (blob_id !== null) await this.#blobs.release(trx, blob_id);
  }
}

/** Which version a link is now: that after the last row; since when, and who made it so, if that is known. */
export function versionAfter(
  last: Pick<VersionRow, "number" | "replaced_at" | "replaced_by"> | undefined,
  { content, createdAt }: Pick<Link, "content" | "createdAt">,
): { readonly number: number; readonly at: number; readonly by: string } {
  const number = (last?.number ?? 0) + 1;
  const since = content?.modifiedAt ?? createdAt;
  // The link may have had content in the meantime that is not kept.
  const follows = last !== undefined && last.replaced_at >= since;
  return follows
    ? { number, at: last.replaced_at, by: last.replaced_by }
    : { number, at: since, by: "" };
}

/** References of links, their versions and their files to stored bytes: a blob is as often among them as they use it. */
export async function blobIdsOf(
  db: Database["read"],
  links: readonly Pick<Link, "id" | "content">[],
): Promise<number[]> {
  const ids = links.flatMap(({ content }) => (content === null ? [] : [content.blobId]));
  if (links.length === 0) return ids;
  const linkIds = links.map(({ id }) => id);
  const versions = db.selectFrom("link_version").select("blob_id").where("link_id", "in", linkIds);
  const files = db.selectFrom("link_file").select("blob_id").where("link_id", "in", linkIds);
  const rows = await versions.where("blob_id", "is not", null).unionAll(files).execute();
  return [...ids, ...rows.flatMap(({ blob_id }) => (blob_id === null ? [] : [blob_id]))];
}

/** Links outside the trash that have stored bytes in common with some links, now or in a version, and these themselves. */
export async function findSharing(
  trx: Trx,
  linkIds: readonly number[],
): Promise<Pick<Selectable<Schema["link"]>, "id" | "short_code">[]> {
  const links = trx.selectFrom("link").select("blob_id").where("id", "in", linkIds);
  const versions = trx.selectFrom("link_version").select("blob_id");
  const held = links
    .where("blob_id", "is not", null)
    .unionAll(versions.where("link_id", "in", linkIds).where("blob_id", "is not", null))
    .unionAll(trx.selectFrom("link_file").select("blob_id").where("link_id", "in", linkIds));
  const former = trx.selectFrom("link_version").select("link_id").where("blob_id", "in", held);
  const files = trx.selectFrom("link_file").select("link_id").where("blob_id", "in", held);
  const found = trx.selectFrom("link").select(["id", "short_code"]);
  const sharing = found
    .where("blob_id", "in", held)
    .union(found.where("id", "in", former))
    .union(found.where("id", "in", files));
  return await trx
    .selectFrom(sharing.as("sharing"))
    .innerJoin("link", "link.id", "sharing.id")
    .select(["link.id", "link.short_code"])
    .where("deleted_at", "is", null)
    .execute();
}
