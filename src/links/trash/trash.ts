import type { Clock } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { type Actor, may, operator } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { inPortions } from "../bulk/portions.ts";
import type { Link } from "../link.ts";
import { type LinkRows, type LinkWriter, unrecorded } from "../link-rows.ts";
import { requireList } from "../list/list-page.ts";
import { visible } from "../rows/access.ts";
import { linkOf, selectLinks, type TrashedLink, trashedFrom } from "../rows/link-columns.ts";
import type { ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";

export type { TrashedLink } from "../rows/link-columns.ts";

const DAY_MS = 86_400_000;

/** Links on a page. */
const PAGE = 50;

/** Links that one request recovers or deletes. */
const MOST = 1000;

export interface TrashParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly clock: Clock;
  /** Days until a link in the trash is deleted; 0: there is no trash. */
  readonly days: () => number;
}

export interface TrashPage {
  /** The last deleted first. */
  readonly links: readonly TrashedLink[];
  /** The id of the last one where there are more; else null. */
  readonly next: number | null;
}

/** A page of the links that one action has deleted. */
interface TrashedTogether {
  readonly codes: readonly ShortCode[];
  /** The last id where there may be more; else null. */
  readonly next: number | null;
}

/** Deleted links, which their owners can take back for some time. */
export class Trash {
  readonly #parts: TrashParts;

  constructor(parts: TrashParts) {
    this.#parts = parts;
  }

  /** Whether deleted links can be taken back. */
  isKept(): boolean {
    return this.#parts.days() > 0;
  }

  /** Puts locked links into the trash, or deletes them where there is none; returns when they are in it. */
  async takeOver(
    writer: LinkWriter,
    links: readonly Link[],
    now = this.#parts.clock(),
  ): Promise<number | null> {
    if (!this.isKept()) {
      await writer.remove(links);
      return null;
    }
    await writer.trash(links, now);
    return now;
  }

  /** When a link that is in the trash will be deleted, in milliseconds since 1970 UTC. */
  endOf({ deletedAt }: Pick<TrashedLink, "deletedAt">): number {
    return deletedAt + this.#parts.days() * DAY_MS;
  }

  /**
   * A page of an owner's trash.
   * @param after the id of the last link on the page before
   * @throws Problem `forbidden`
   */
  async list(actor: Actor, ownerId: number, after: number | null = null): Promise<TrashPage> {
    requireList(actor, ownerId);
    const { read } = this.#parts.database;
    const last = after === null ? null : await this.#find(after);
    const query = selectLinks(read)
      .where("link.owner_id", "=", ownerId)
      .where("deleted_at", "is not", null)
      .orderBy("deleted_at", "desc")
      .orderBy("link.id", "desc")
      .limit(PAGE + 1);
    const page =
      last === null
        ? query
        : query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple("deleted_at", "link.id"), "<", tuple(last.deletedAt, last.id)),
          );
    const links = (await page.execute()).map(trashedFrom);
    const shown = links.slice(0, PAGE);
    return { links: shown, next: links.length > PAGE ? (shown.at(-1)?.id ?? null) : null };
  }

  /** @throws Problem `not_found` */
  async get(actor: Actor, code: string): Promise<TrashedLink> {
    const query = selectLinks(this.#parts.database.read).where("deleted_at", "is not", null);
    const row = await query.where("short_code", "=", code as ShortCode).executeTakeFirst();
    return visible(actor, "link.see", row && trashedFrom(row));
  }

  /**
   * Takes links out of the trash, all or none, and returns how many; others' are left out. One whose short code its owner
   * has used again needs `shortCode`, which only one link may be given.
   * @param codes as `TrashedLink.shortCode`
   * @throws Problem `invalid` on `short_code` where the code is taken
   */
  async recover(actor: Actor, codes: readonly string[], shortCode?: ShortCode): Promise<number> {
    return await this.#parts.rows.write(actor, async (writer) => {
      const links = await this.#lock(writer, actor, codes);
      const [taken] = await this.#recoverFree(writer, links, shortCode);
      if (taken !== undefined) throw codeTaken(shortCode ?? taken.formerCode);
      return links.length;
    });
  }

  /**
   * Takes out of the trash what one action of the actor has put there, a few links at a time.
   * @param trashedAt as `Removal.trashedAt`
   * @throws Problem `invalid` on `short_code` where a code has been taken meanwhile; the other links are recovered
   */
  async undo(actor: Actor, trashedAt: number): Promise<number> {
    let count = 0;
    const left: TrashedLink[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: TrashedTogether = await this.trashedTogether(trashedAt, after);
      count += await inPortions(page.codes, (portion) =>
        this.recoverPortion(actor, portion, async (_, __, taken) => void left.push(...taken)),
      );
      after = page.next;
    }
    const [first] = left;
    if (first !== undefined) throw codeTaken(first.formerCode);
    return count;
  }

  /** Whether taking back a deletion takes longer than one request should. */
  async isLongUndo(trashedAt: number): Promise<boolean> {
    return (await this.trashedTogether(trashedAt, 0)).next !== null;
  }

  /** How many links one action has put into the trash. */
  async countTogether(trashedAt: number): Promise<number> {
    const links = this.#parts.database.read.selectFrom("link").where("deleted_at", "=", trashedAt);
    const query = links.select((eb) => eb.fn.countAll<number>().as("links"));
    return Number((await query.executeTakeFirstOrThrow()).links);
  }

  /** Links that one action has put into the trash, after another. */
  async trashedTogether(trashedAt: number, after: number): Promise<TrashedTogether> {
    const query = this.#parts.database.read.selectFrom("link").select(["id", "short_code"]);
    const page = query.where("deleted_at", "=", trashedAt).where("id", ">", after);
    const rows = await page.orderBy("id").limit(MOST).execute();
    const codes = rows.map((row) => row.short_code);
    return { codes, next: rows.length === MOST ? (rows.at(-1)?.id ?? null) : null };
  }

  /** Takes a few links out of the trash but for those whose short codes are taken; returns how many. */
  async recoverPortion(
    actor: Actor,
    codes: readonly string[],
    also: (
      trx: Trx,
      count: number,
      taken: readonly TrashedLink[],
    ) => Promise<void> = async () => {},
  ): Promise<number> {
    return await this.#parts.rows.write(actor, async (writer) => {
      const links = await this.#lock(writer, actor, codes);
      const taken = await this.#recoverFree(writer, links);
      const count = links.length - taken.length;
      await also(writer.trx, count, taken);
      return count;
    });
  }

  /** Deletes links permanently, with their bytes and visits, and returns how many; others' are left out. */
  async purge(actor: Actor, codes: readonly string[]): Promise<number> {
    return await inPortions([...new Set(codes)], (portion) =>
      this.#parts.rows.write(actor, async (writer) => {
        const links = await this.#lock(writer, actor, portion);
        await writer.remove(links.map(asItWas));
        return links.length;
      }),
    );
  }

  /**
   * Deletes the links of an owner's trash permanently, some at a time; returns how many, 0 when it is empty.
   * @throws Problem `forbidden`
   */
  async empty(actor: Actor, ownerId: number): Promise<number> {
    if (!may(actor, "link.delete", { ownerId }))
      throw new Problem("forbidden", text.access.mayNotList);
    const query = this.#parts.database.read.selectFrom("link").select("short_code");
    const own = query.where("owner_id", "=", ownerId).where("deleted_at", "is not", null);
    const rows = await own.limit(MOST).execute();
    const codes = rows.map((row) => row.short_code);
    return await this.purge(actor, codes);
  }

  /** Deletes at most `limit` links whose time in the trash is over; returns how many. */
  async sweep(limit: number): Promise<number> {
    const before = this.#parts.clock() - this.#parts.days() * DAY_MS;
    return await this.#parts.rows.write(operator, async (writer) => {
      const query = writer.trx.selectFrom("link").select("short_code");
      const rows = await query.where("deleted_at", "<=", before).limit(limit).execute();
      if (rows.length === 0) return 0;
      const links = await writer.lockTrashed(rows.map((row) => row.short_code));
      await writer.remove(links.map(asItWas), unrecorded);
      return links.length;
    });
  }

  async #find(id: number): Promise<TrashedLink | null> {
    const row = await selectLinks(this.#parts.database.read)
      .where("link.id", "=", id)
      .executeTakeFirst();
    return row === undefined || row.deleted_at === null ? null : trashedFrom(row);
  }

  async #lock(writer: LinkWriter, actor: Actor, codes: readonly string[]): Promise<TrashedLink[]> {
    const known = [...new Set(codes)].slice(0, MOST);
    if (known.length === 0) return [];
    const links = await writer.lockTrashed(known);
    return links.filter((link) => may(actor, "link.delete", link));
  }

  /** Recovers links but for those whose short codes are taken, and returns these. */
  async #recoverFree(
    writer: LinkWriter,
    links: readonly TrashedLink[],
    shortCode?: ShortCode,
  ): Promise<TrashedLink[]> {
    const now = this.#parts.clock();
    const isOwn = (link: TrashedLink) =>
      shortCode === undefined && link.shortCode === link.formerCode;
    await writer.recoverAll(links.filter(isOwn), now);
    const taken: TrashedLink[] = [];
    for (const link of links.filter((each) => !isOwn(each))) {
      const code = shortCode ?? link.formerCode;
      if ((await writer.recover(link, code, now)) === undefined) taken.push(link);
    }
    return taken;
  }
}

function codeTaken(shortCode: ShortCode): Problem {
  return invalid("short_code", text.trash.codeTaken(shortCode));
}

/** For what is recorded of it. */
function asItWas(link: TrashedLink): Link {
  return { ...linkOf(link), shortCode: link.formerCode };
}
