import { type SelectQueryBuilder, sql } from "kysely";
import type { Audit } from "../audit/audit.ts";
import { type AuditDetails, actorName, type NewAuditEvent } from "../audit/audit-event.ts";
import type { Database, Touch, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { Actor } from "../policy.ts";
import {
  codesFrom,
  codesOf,
  findHolders,
  findTaken,
  holdCodes,
  type LinkCodes,
  refuseTaken,
  replaceAliases,
} from "./aliases/aliases.ts";
import { gateAfter } from "./gate/link-gate.ts";
import { blobIdsOf } from "./history/link-versions.ts";
import { type Link, mayHaveFiles } from "./link.ts";
import type { LinkContent } from "./link-content.ts";
import { aboutChange, aboutLink, created } from "./rows/link-audit.ts";
import {
  type LinkRow,
  linkFrom,
  linkOf,
  newRowFrom,
  rowFrom,
  searchRowFrom,
  selectLinks,
  type TrashedLink,
  trashedFrom,
  type UnsavedLink,
} from "./rows/link-columns.ts";
import type { ShortCode } from "./short-code.ts";
import { moveTags, saveTags } from "./tags/link-tags.ts";
import { areSameTags } from "./tags/tag-names.ts";
import { freeTrashedCodes } from "./trash/free-trashed-codes.ts";

export interface LinkRowsParts {
  readonly database: Pick<Database, "dialect" | "write">;
  readonly audit: Audit;
  readonly contents: LinkContent;
}

/** The one writer of links: rows, search rows, change counters and audit events change together. */
export class LinkRows {
  readonly #parts: LinkRowsParts;

  constructor(parts: LinkRowsParts) {
    this.#parts = parts;
  }

  /** Runs `work` in one write transaction, and records its events in the audit log. */
  async write<Done>(actor: Actor, work: (writer: LinkWriter) => Promise<Done>): Promise<Done> {
    return await this.#parts.database.write(async (trx, touch) => {
      const writer = new LinkWriter(this.#parts, trx, touch, actorName(actor));
      const done = await work(writer);
      await this.#parts.audit.record(trx, actor, ...writer.events);
      return done;
    });
  }

  /** Writes in a transaction of another module, which records the events. */
  writer(trx: Trx, touch: Touch): LinkWriter {
    return new LinkWriter(this.#parts, trx, touch);
  }
}

/** Links that one statement inserts or deletes. */
const BATCH = 200;

/** Writes links in one transaction. Each change raises their revision. */
export class LinkWriter {
  readonly trx: Trx;
  readonly events: NewAuditEvent[] = [];
  readonly #parts: Pick<LinkRowsParts, "database" | "contents">;
  readonly touch: Touch;
  /** The name of the actor, for the versions of links. */
  readonly by: string;

  constructor(
    parts: Pick<LinkRowsParts, "database" | "contents">,
    trx: Trx,
    touch: Touch,
    by = "",
  ) {
    this.#parts = parts;
    this.trx = trx;
    this.touch = touch;
    this.by = by;
  }

  /** Locks links and reads them; those in the trash are left out. */
  async lock(codes: readonly ShortCode[]): Promise<Link[]> {
    return (await this.#lockRows(codes, "is")).map(linkFrom);
  }

  /** The same for links in the trash, each with the code that it had. */
  async lockTrashed(codes: readonly string[]): Promise<TrashedLink[]> {
    return (await this.#lockRows(codes as readonly ShortCode[], "is not")).map(trashedFrom);
  }

  /**
   * The rows are locked first: a read that waits for a lock sees what is joined to the rows as it was before. The order
   * is that of the ids, so that no two transactions wait for each other.
   */
  async #lockRows(codes: readonly ShortCode[], isNull: "is" | "is not"): Promise<LinkRow[]> {
    const { locking } = this.#parts.database.dialect;
    if (locking !== null) {
      const query = this.trx.selectFrom("link").select("id").where("short_code", "in", codes);
      await query.orderBy("id").modifyEnd(locking).execute();
    }
    const query = selectLinks(this.trx).where("short_code", "in", codes).orderBy("link.id");
    return await query.where("deleted_at", isNull, null).execute();
  }

  /** Inserts those links whose short code is free, and returns them. */
  async insert(
    links: readonly UnsavedLink[],
    eventsOf: (inserted: readonly Link[]) => readonly NewAuditEvent[] = created,
  ): Promise<Link[]> {
    if (links.some(({ aliases }) => aliases.length > 0)) await this.holdCodes();
    const inserted: Link[] = [];
    for (let at = 0; at < links.length; at += BATCH)
      inserted.push(...(await this.#insertBatch(links.slice(at, at + BATCH))));
    this.events.push(...eventsOf(inserted));
    return inserted;
  }

  async #insertBatch(links: readonly UnsavedLink[]): Promise<Link[]> {
    this.#touchAll(links);
    await freeTrashedCodes(this.trx, links);
    const insert = this.trx.insertInto("link").values(links.map(newRowFrom));
    const free = insert.onConflict((on) => on.column("short_code").doNothing());
    const returned = await free.returning(["id", "short_code", "revision"]).execute();
    const byCode = new Map(returned.map((row) => [row.short_code, row]));
    const inserted = links.flatMap((link) => {
      const row = byCode.get(link.shortCode);
      return row === undefined ? [] : [{ ...link, id: row.id, revision: row.revision }];
    });
    if (inserted.length > 0) await addSearchRows(this.trx, inserted);
    await saveTags(this.trx, inserted);
    for (const link of inserted)
      if (link.aliases.length > 0) await this.#takeCodes(link, link.aliases);
    return inserted;
  }

  /** Changes a locked link; `details` are recorded with the names of the changed fields. */
  async update(
    link: Link,
    changes: Partial<UnsavedLink>,
    details: AuditDetails = {},
  ): Promise<Link> {
    const { tags: given = link.tags } = changes;
    const tags = areSameTags(given, link.tags) ? link.tags : given;
    const gate = gateAfter(link, changes);
    const changed = { ...link, ...changes, ...gate, tags, revision: link.revision + 1 };
    const { shortCode: short_code, revision } = changed;
    const hasNewCode = short_code !== link.shortCode;
    const row = { ...rowFrom(changed), revision, ...(hasNewCode && { short_code }) };
    this.#touchAll([link, changed]);
    if (hasNewCode || changed.aliases !== link.aliases)
      await this.#takeCodes(changed, codesOf(changed));
    if (changed.kind !== link.kind || changed.target !== link.target)
      await this.#parts.contents.versions.keepTarget(this, link);
    if (mayHaveFiles(link) && changed.kind !== link.kind)
      await this.#parts.contents.dropFiles(this.trx, link);
    await this.trx.updateTable("link").set(row).where("id", "=", link.id).execute();
    const search = this.trx.updateTable("link_search").set(searchRowFrom(changed));
    await search.where("link_id", "=", link.id).execute();
    if (tags !== link.tags) {
      await this.trx.deleteFrom("link_tag").where("link_id", "=", link.id).execute();
      await saveTags(this.trx, [changed]);
    }
    this.events.push(aboutChange(link, changed, details));
    return changed;
  }

  /**
   * Puts locked links into the trash: visitors and lists find them no longer; bytes, visits and short code stay. A
   * file that declares one does so no longer.
   */
  async trash(links: readonly Link[], now: number): Promise<void> {
    for (let at = 0; at < links.length; at += BATCH) {
      const batch = links.slice(at, at + BATCH);
      const ids = batch.map(({ id }) => id);
      for (const table of ["link_search", "link_rank"] as const)
        await this.trx.deleteFrom(table).where("link_id", "in", ids).execute();
      const set = { deleted_at: now, declared: 0, revision: nextRevision } as const;
      await this.trx.updateTable("link").set(set).where("id", "in", ids).execute();
      this.#touchAll(batch);
    }
    this.events.push(...links.map((link) => aboutLink("link.trashed", link)));
  }

  /** Takes a locked link out of the trash, under `shortCode`; undefined where that is taken. */
  async recover(link: TrashedLink, shortCode: ShortCode, now: number): Promise<Link | undefined> {
    const { id } = link;
    await this.holdCodes();
    await freeTrashedCodes(this.trx, [{ ...link, shortCode }], id);
    if ((await findTaken(this.trx, [shortCode], id)).size > 0) return undefined;
    const revision = link.revision + 1;
    const set = { deleted_at: null, former_code: null, short_code: shortCode, updated_at: now };
    const update = this.trx.updateTable("link").set({ ...set, revision });
    await update.where("id", "=", id).execute();
    const recovered = { ...linkOf(link), shortCode, revision, updatedAt: now };
    this.#touchAll([recovered]);
    await addSearchRows(this.trx, [recovered]);
    this.events.push(aboutLink("link.recovered", recovered));
    return recovered;
  }

  /** The same for links whose short codes are still their own, with a statement for all. */
  async recoverAll(links: readonly TrashedLink[], now: number): Promise<void> {
    if (links.length === 0) return;
    const ids = links.map(({ id }) => id);
    const set = { deleted_at: null, updated_at: now, revision: nextRevision };
    await this.trx.updateTable("link").set(set).where("id", "in", ids).execute();
    await addSearchRows(this.trx, links.map(linkOf));
    this.#touchAll(links);
    this.events.push(...links.map((link) => aboutLink("link.recovered", link)));
  }

  /** Deletes locked links, their visits and their content. */
  async remove(
    links: readonly Link[],
    eventsOf: (removed: readonly Link[]) => readonly NewAuditEvent[] = removedEach,
  ): Promise<void> {
    for (let at = 0; at < links.length; at += BATCH) {
      const batch = links.slice(at, at + BATCH);
      const blobIds = await blobIdsOf(this.trx, batch);
      await this.#delete(batch.map(({ id }) => id));
      await this.#parts.contents.release(this.trx, blobIds);
      this.#touchAll(batch);
    }
    this.events.push(...eventsOf(links));
  }

  /** Deletes all links of an owner with their visits, and returns how many; their content is released apart. */
  async removeOwned(ownerId: number): Promise<number> {
    const links = await this.lockOwned(ownerId);
    await this.#delete(this.trx.selectFrom("link").select("id").where("owner_id", "=", ownerId));
    this.#touchAll(links);
    return links.length;
  }

  async #delete(ids: readonly number[] | IdQuery): Promise<void> {
    for (const table of ["link_quarter", "link_day", "link_unique"] as const)
      await this.trx.deleteFrom(table).where("link_id", "in", ids).execute();
    await this.trx.deleteFrom("link").where("id", "in", ids).execute();
  }

  /** Makes another user the owner of locked links. */
  async setOwner(links: readonly (LinkCodes & Pick<Link, "id">)[], to: number): Promise<void> {
    const ids = links.map(({ id }) => id);
    await this.#setOwner(ids, to);
    this.#touchAll(links);
  }

  /** Makes another user the owner of all links of an owner, which are `links`. */
  async setOwnerOfAll(from: number, to: number, links: readonly LinkCodes[]): Promise<void> {
    const ids = this.trx.selectFrom("link").select("id").where("owner_id", "=", from);
    await this.#setOwner(ids, to);
    this.#touchAll(links);
  }

  /** The table of links comes last: `ids` may be a query of it. A transferred link is declared by no file. */
  async #setOwner(ids: readonly number[] | IdQuery, to: number): Promise<void> {
    await moveTags(this.trx, ids, to);
    const owner = { owner_id: to } as const;
    await this.trx.updateTable("link_search").set(owner).where("link_id", "in", ids).execute();
    await this.trx.updateTable("link_rank").set(owner).where("link_id", "in", ids).execute();
    const row = { ...owner, declared: 0, revision: nextRevision } as const;
    await this.trx.updateTable("link").set(row).where("id", "in", ids).execute();
  }

  /** Locks all links of an owner, in the order of their ids, and returns their short codes. */
  async lockOwned(ownerId: number): Promise<LinkCodes[]> {
    const { locking } = this.#parts.database.dialect;
    const codes = this.trx.selectFrom("link").select(["short_code", "aliases"]);
    const query = codes.where("owner_id", "=", ownerId);
    const ordered = query.orderBy("id");
    const rows = await (locking === null ? ordered : ordered.modifyEnd(locking)).execute();
    return rows.map(codesFrom);
  }

  /** Rewrites the search rows of links; their ranks follow with the next refresh. */
  async repairSearchRows(codes: readonly ShortCode[]): Promise<void> {
    const links = await this.lock(codes);
    const ids = links.map(({ id }) => id);
    if (ids.length === 0) return;
    await this.trx.deleteFrom("link_search").where("link_id", "in", ids).execute();
    await this.trx.deleteFrom("link_rank").where("link_id", "in", ids).execute();
    await addSearchRows(this.trx, links);
  }

  /** Points links, their versions and their files to another blob of the same bytes. */
  async replaceBlob(from: number, into: number, links?: readonly Link[]): Promise<void> {
    const update = this.trx.updateTable("link").set({ blob_id: into }).where("blob_id", "=", from);
    const ids = links?.map(({ id }) => id);
    await (ids === undefined ? update : update.where("id", "in", ids)).execute();
    const former = this.trx.updateTable("link_version").set({ blob_id: into });
    const versions = former.where("blob_id", "=", from);
    await (ids === undefined ? versions : versions.where("link_id", "in", ids)).execute();
    const files = this.trx.updateTable("link_file").set({ blob_id: into });
    const others = files.where("blob_id", "=", from);
    await (ids === undefined ? others : others.where("link_id", "in", ids)).execute();
  }

  /** Notes for all links of a blob that its bytes changed. */
  async contentChanged(blobId: number, at: number): Promise<void> {
    const set = { content_at: at, revision: nextRevision };
    const update = this.trx.updateTable("link").set(set).where("blob_id", "=", blobId);
    const changed = await update.returning(["short_code", "aliases"]).execute();
    this.#touchAll(changed.map(codesFrom));
  }

  /** Makes ordinary links of those that an owner's links.toml declares. */
  async undeclare(ownerId: number, now: number): Promise<void> {
    const set = { declared: 0, updated_at: now, revision: nextRevision } as const;
    const update = this.trx.updateTable("link").set(set).where("owner_id", "=", ownerId);
    const changed = update.where("declared", "=", 1).returning(["short_code", "aliases"]);
    this.#touchAll((await changed.execute()).map(codesFrom));
  }

  /** Until the transaction ends, no other takes a short code; first of all, before links are inserted. */
  async holdCodes(): Promise<void> {
    await holdCodes(this.trx, this.#parts.database.dialect);
  }

  /**
   * Before links are restored: an owner's other links lose aliases that are short codes of these, and these come without
   * aliases that are taken.
   */
  async releaseAliases(ownerId: number, links: readonly UnsavedLink[]): Promise<UnsavedLink[]> {
    const codes = links.flatMap(codesOf);
    const own = links.map(({ shortCode }) => shortCode);
    const holders = await findHolders(this.trx, ownerId, own);
    if (holders.length === 0 && links.every((link) => link.aliases.length === 0)) return [...links];
    await this.holdCodes();
    for (const link of holders.length === 0 ? [] : await this.lock(holders)) {
      const aliases = link.aliases.filter((code) => !own.includes(code));
      await this.update(link, { aliases });
    }
    const taken = new Set<string>([...(await findTaken(this.trx, codes)), ...own]);
    return links.map((link) =>
      link.aliases.length === 0
        ? link
        : { ...link, aliases: link.aliases.filter((code) => !taken.has(code) && taken.add(code)) },
    );
  }

  /** @throws Problem `invalid` on `short_code` or `aliases` where another link has one of `codes` */
  async #takeCodes(link: Link, codes: readonly ShortCode[]): Promise<void> {
    await this.holdCodes();
    const { id, ownerId } = link;
    const wanted = codes.map((shortCode) => ({ ownerId, shortCode }));
    await freeTrashedCodes(this.trx, wanted, id);
    await refuseTaken(this.trx, link, codes);
    await replaceAliases(this.trx, link);
  }

  /** Every code of a link is in the cache apart. */
  #touchAll(links: readonly LinkCodes[]): void {
    for (const link of links) for (const code of codesOf(link)) this.touch(code);
  }
}

/** A query of the ids of links. */
type IdQuery = SelectQueryBuilder<Schema, "link", { id: number }>;

const nextRevision = sql<number>`revision + 1`;

function removedEach(links: readonly Link[]): NewAuditEvent[] {
  return links.map((link) => aboutLink("link.removed", link));
}

/** Records nothing. */
export const unrecorded = (): readonly NewAuditEvent[] => [];

/** Adds the rows by which lists find new links; at least one. */
async function addSearchRows(trx: Trx, links: readonly Link[]): Promise<void> {
  const rows = links.map((link) => ({
    ...searchRowFrom(link),
    link_id: link.id,
    owner_id: link.ownerId,
  }));
  await trx.insertInto("link_search").values(rows).execute();
}

/** Counts the links of an owner, without those in the trash. */
export async function countLinks(db: Database["read"], ownerId: number): Promise<number> {
  const query = db.selectFrom("link_search").select((eb) => eb.fn.countAll<number>().as("links"));
  return (await query.where("owner_id", "=", ownerId).executeTakeFirstOrThrow()).links;
}
