import type { ChangePlace } from "../../audit/audit.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import type { Actor } from "../../policy.ts";
import { readPart, requireList } from "../list/list-page.ts";
import type { ListFilter } from "../list/list-query.ts";
import type { BegunTag, TagOrder, Tags } from "../tags/tags.ts";
import type { Trash } from "../trash/trash.ts";
import type { ManyLinks, MarkedAction } from "./many-links.ts";
import type { PortionSize } from "./portions.ts";

/** A change of so many links that it is made in portions, beside other work. */
export type BulkWork =
  | (MarkedAction & { readonly filter: ListFilter })
  /** As `Done.undo` has them: of a change, and of a deletion. */
  | { readonly undo: number }
  | { readonly deletedAt: number }
  | { readonly tag: TagOrder | BegunTag };

/** What one transaction of the work has done. */
export interface PortionDone {
  readonly count: number;
  /** What was left out, and why it was. */
  readonly taken: readonly string[];
}

/** Written in the transaction of a portion. */
export type NoteDone = (trx: Trx, done: PortionDone) => Promise<void>;

/** The work of one transaction. */
export type Portion = (note: NoteDone) => Promise<unknown>;

/** A part of the work. */
export interface BulkPage {
  /** Links that the portions look at. */
  readonly size: number;
  readonly portions: Iterable<Portion>;
  /** Where the next page begins; null: this is the last one. */
  readonly next: string | null;
}

/** Which page is read, and how large its portions are. */
interface PageTerms {
  readonly after: string | null;
  readonly size: PortionSize;
}

/** Links of a page: its portions can be done again if the process crashes before the next one begins. */
const PAGE = 1000;

export interface BulkPagesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly many: ManyLinks;
  readonly trash: Trash;
  readonly tags: Tags;
}

/** Divides changes of many links into pages of portions. */
export class BulkPages {
  readonly #parts: BulkPagesParts;

  constructor(parts: BulkPagesParts) {
    this.#parts = parts;
  }

  /** Begins the work; `note` is given what goes on, and how many links it has. */
  async begin(
    actor: Actor,
    work: BulkWork,
    note: (trx: Trx, work: BulkWork, links: number) => Promise<void>,
  ): Promise<void> {
    const { database, tags } = this.#parts;
    if ("tag" in work) {
      await tags.begin(actor, work.tag, (trx, tag) => note(trx, { tag }, tag.withTrashed));
      return;
    }
    const links = await this.#count(actor, work);
    await database.write((trx) => note(trx, work, links));
  }

  async #count(actor: Actor, work: Exclude<BulkWork, { tag: TagOrder }>): Promise<number> {
    const { many, trash } = this.#parts;
    if ("undo" in work) return await many.countMadeTogether(actor, work.undo);
    if ("deletedAt" in work) return await trash.countTogether(work.deletedAt);
    return await many.count(actor, work.filter);
  }

  /** Reads a page of the work: `after` is the `next` of the one before. */
  async read(actor: Actor, work: BulkWork, terms: PageTerms): Promise<BulkPage> {
    if ("filter" in work) return await this.#readList(actor, work, terms);
    if ("undo" in work) return await this.#readChanges(actor, work.undo, terms);
    if ("deletedAt" in work) return await this.#readTrash(actor, work.deletedAt, terms);
    return await this.#readTag(actor, work.tag as BegunTag, terms);
  }

  async #readList(
    actor: Actor,
    { filter, ...marked }: Extract<BulkWork, { filter: ListFilter }>,
    { after, size }: PageTerms,
  ): Promise<BulkPage> {
    const { database, clock, many } = this.#parts;
    requireList(actor, filter.ownerId, filter.kind);
    const query = { ...filter, limit: PAGE, ...(after !== null && { cursor: after }) };
    const { links, next } = await readPart(database, query, clock());
    const codes = links.filter(({ declared }) => !declared).map(({ shortCode }) => shortCode);
    const portions = size
      .split(codes)
      .map(
        (portion) => (note: NoteDone) =>
          many.apply(actor, portion, marked, (trx, count) => note(trx, { count, taken: [] })),
      );
    return { size: links.length, portions, next };
  }

  async #readChanges(actor: Actor, undo: number, { after, size }: PageTerms): Promise<BulkPage> {
    const { many } = this.#parts;
    const place = after === null ? null : (JSON.parse(after) as ChangePlace);
    const { alike, next } = await many.madeTogether(actor, undo, place);
    const portions = alike
      .values()
      .flatMap((events) => size.split(events))
      .map(
        (portion) => (note: NoteDone) =>
          many.takeBack(actor, portion, (trx, count) => note(trx, { count, taken: [] })),
      );
    const following = next && JSON.stringify({ at: next.at, id: next.id });
    return { size: alike.flat().length, portions, next: following };
  }

  async #readTrash(actor: Actor, deletedAt: number, { after, size }: PageTerms): Promise<BulkPage> {
    const { trash } = this.#parts;
    const { codes, next } = await trash.trashedTogether(deletedAt, Number(after ?? 0));
    const portions = size
      .split(codes)
      .map(
        (portion) => (note: NoteDone) =>
          trash.recoverPortion(actor, portion, (trx, count, taken) =>
            note(trx, { count, taken: taken.map(({ formerCode }) => formerCode) }),
          ),
      );
    return { size: codes.length, portions, next: next === null ? null : String(next) };
  }

  async #readTag(
    actor: Actor,
    begun: BegunTag,
    { after, size: portions }: PageTerms,
  ): Promise<BulkPage> {
    const { tags } = this.#parts;
    const portion = await tags.nextPortion(begun, Number(after ?? 0), portions.links);
    const { size, next } = portion;
    portions.begin(size);
    const change = (note: NoteDone) =>
      tags.changePortion(actor, begun, portion, (trx, count) => note(trx, { count, taken: [] }));
    const finish = () => tags.finish(actor, begun);
    return next === null
      ? { size, portions: [change, finish], next }
      : { size, portions: [change], next: String(next) };
  }
}
