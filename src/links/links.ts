import type { Updateable } from "kysely";
import type { Blobs, ReceivedFile } from "../blobs/blobs.ts";
import type { Clock, Random } from "../chance.ts";
import { isUniqueViolation } from "../database/dialect.ts";
import type { Database, Touch, Trx } from "../database/open.ts";
import type { Schema } from "../database/schema.ts";
import { type Actor, type Deed, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import type { LinkCache } from "./cache.ts";
import { Contents, type KeptFile } from "./contents.ts";
import type { LinkChanges, NewLink } from "./input.ts";
import type { Link } from "./link.ts";
import { readPage } from "./list.ts";
import { type ListedLink, linkFrom, listedFrom, selectLinks, selectListed } from "./listed.ts";
import type { LinkPage, LinkQuery } from "./listquery.ts";
import { type LinkTotals, readTotals } from "./listtotals.ts";
import { refreshRanks } from "./ranks.ts";
import { isStoredCode, makeShortCode, type ShortCode } from "./shortcode.ts";
import { searchedText } from "./words.ts";

export type { ListedLink } from "./listed.ts";
export type { LinkPage, LinkQuery, LinkSort } from "./listquery.ts";

export interface LinksParts {
  readonly database: Database;
  readonly cache: LinkCache;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
}

/** A new link whose code and owner are settled. */
type Inserted = NewLink & Pick<Link, "shortCode" | "ownerId">;

/** How often another automatic code is tried when one is taken. */
const CODE_TRIES = 8;

/** Everything that is done with links. Another's link and a missing one look the same: `not_found`. */
export class Links {
  readonly #database: Database;
  readonly #cache: LinkCache;
  readonly #contents: Contents;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ database, cache, blobs, clock, random }: LinksParts) {
    this.#database = database;
    this.#cache = cache;
    this.#contents = new Contents(blobs, clock);
    this.#clock = clock;
    this.#random = random;
  }

  /** From memory, for opening; `peek` never waits. */
  get cache(): LinkCache {
    return this.#cache;
  }

  /**
   * Makes a link of `owner`'s, under the code it asks for or an automatic one; `file` is what a kind with bytes
   * hands out, and belongs to the same owner.
   * @throws Problem `forbidden`, `invalid` on `short_code` when that is taken, `over_quota`, `busy`, `storage_full`
   */
  async create(
    actor: Actor,
    { ownerId }: { ownerId: number },
    input: NewLink,
    file: ReceivedFile | null = null,
  ): Promise<Link> {
    if (!may(actor, "link.create", { ownerId }))
      throw new Problem("forbidden", "You may not make links here.");
    const { shortCode } = input;
    if (shortCode !== null && !(await this.isFree(shortCode))) throw taken(shortCode);
    return await this.#contents.keep(input.kind === "redirect" ? null : file, async (kept) => {
      if (shortCode === null) return await this.#insertAnywhere({ ...input, ownerId }, kept);
      const link = await this.#insert({ ...input, ownerId, shortCode }, kept);
      if (link === null) throw taken(shortCode);
      return link;
    });
  }

  /** @throws Problem `not_found` */
  async get(actor: Actor, shortCode: string): Promise<ListedLink> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const row = await selectListed(this.#database.lookup)
      .where("short_code", "=", shortCode)
      .executeTakeFirst();
    return seen(actor, "link.see", row && listedFrom(row));
  }

  /** Whether a new link may have this code, as far as is known now. */
  async isFree(shortCode: ShortCode): Promise<boolean> {
    const query = this.#database.lookup.selectFrom("link").select("id");
    return (await query.where("short_code", "=", shortCode).executeTakeFirst()) === undefined;
  }

  /**
   * One page of links. Of more than 10,000, the order by visits is as it was when ranks were last refreshed.
   * @throws Problem `forbidden` where the query reaches beyond the actor's own
   */
  async list(actor: Actor, query: LinkQuery): Promise<LinkPage> {
    requireList(actor, query.ownerId);
    return await readPage(this.#database, query, this.#clock());
  }

  /**
   * How many links there are, how many of them are live, and their visits.
   * @throws Problem `forbidden` where that reaches beyond the actor's own
   */
  async totals(actor: Actor, ownerId?: number): Promise<LinkTotals> {
    requireList(actor, ownerId);
    return await readTotals(this.#database.read, ownerId, this.#clock());
  }

  /**
   * Changes a link; with a `file`, which belongs to its owner, also the bytes it hands out. A download under way
   * ends with the old ones.
   * @throws Problem `not_found`, `over_quota`, `busy`, `storage_full`
   */
  async edit(
    actor: Actor,
    shortCode: string,
    changes: LinkChanges,
    file: ReceivedFile | null = null,
  ): Promise<Link> {
    return await this.#contents.keep(changes.kind === "redirect" ? null : file, async (kept) =>
      this.#database.write(async (trx, touch) => {
        const link = await this.#load(actor, "link.edit", shortCode, trx);
        return await this.#change(trx, touch, link, changes, kept);
      }),
    );
  }

  /**
   * Changes every link among `codes` that the actor may change, in one transaction; tells how many it was.
   * @throws Problem `busy`, `storage_full`
   */
  async editMany(actor: Actor, codes: readonly string[], changes: LinkChanges): Promise<number> {
    return await this.#database.write(async (trx, touch) => {
      const links = await this.#loadMany(actor, "link.edit", codes, trx);
      for (const link of links) await this.#change(trx, touch, link, changes);
      return links.length;
    });
  }

  /** @throws Problem `not_found`, `busy`, `storage_full` */
  async remove(actor: Actor, shortCode: string): Promise<Link> {
    return await this.#database.write(async (trx, touch) => {
      const link = await this.#load(actor, "link.delete", shortCode, trx);
      await this.#removeRows(trx, touch, [link]);
      return link;
    });
  }

  /**
   * Removes every link among `codes` that the actor may delete, in one transaction; tells how many it was.
   * @throws Problem `busy`, `storage_full`
   */
  async removeMany(actor: Actor, codes: readonly string[]): Promise<number> {
    return await this.#database.write(async (trx, touch) => {
      const links = await this.#loadMany(actor, "link.delete", codes, trx);
      await this.#removeRows(trx, touch, links);
      return links.length;
    });
  }

  /** Brings the order by visits of very long lists up to date, a few links at a time; tells how many changed. */
  refreshRanks(): Promise<number> {
    return refreshRanks(this.#database);
  }

  /**
   * Removes links that expired more than `retentionDays` ago, at most `limit` of them; tells how many it was.
   */
  async sweepExpired(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * 86_400_000;
    return await this.#database.write(async (trx, touch) => {
      // In no order: in that of ids SQLite would read every link there is.
      const query = trx.selectFrom("link").select("short_code").where("expires_at", "<=", before);
      const rows = await query.limit(limit).execute();
      if (rows.length === 0) return 0;
      const codes = rows.map((row) => row.short_code);
      const loaded = await this.#loadToChange(trx, codes);
      const expired = loaded.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= before);
      await this.#removeRows(trx, touch, expired);
      return expired.length;
    });
  }

  async #insertAnywhere(input: Omit<Inserted, "shortCode">, kept: KeptFile | null): Promise<Link> {
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      const link = await this.#insert({ ...input, shortCode: makeShortCode(this.#random) }, kept);
      if (link !== null) return link;
    }
    throw new Problem("busy", "No free short code was found. Try again.", { retryAfterSeconds: 1 });
  }

  /** Null when the code is taken. */
  async #insert(input: Inserted, kept: KeptFile | null): Promise<Link | null> {
    const now = this.#clock();
    try {
      return await this.#database.write(async (trx, touch) => {
        touch(input.shortCode);
        const content = kept === null ? null : await this.#contents.use(trx, kept);
        const link = { ...input, content, createdAt: now, updatedAt: now };
        const values = {
          ...rowFrom(link),
          short_code: input.shortCode,
          owner_id: input.ownerId,
          created_at: now,
        };
        const { id } = await trx
          .insertInto("link")
          .values(values)
          .returning("id")
          .executeTakeFirstOrThrow();
        await addSearchRow(trx, { ...link, id });
        return { ...link, id };
      });
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  async #change(
    trx: Trx,
    touch: Touch,
    link: Link,
    changes: LinkChanges,
    kept: KeptFile | null = null,
  ): Promise<Link> {
    const asked: Link = { ...link, ...changes, updatedAt: this.#clock() };
    const content = await this.#contents.replace(trx, link, asked.kind, kept);
    const changed = { ...asked, content };
    await trx.updateTable("link").set(rowFrom(changed)).where("id", "=", link.id).execute();
    await trx
      .updateTable("link_search")
      .set(searchRowFrom(changed))
      .where("link_id", "=", link.id)
      .execute();
    touch(link.shortCode);
    return changed;
  }

  async #removeRows(trx: Trx, touch: Touch, links: readonly Link[]): Promise<void> {
    if (links.length === 0) return;
    const ids = links.map((link) => link.id);
    await trx.deleteFrom("visit_hour").where("link_id", "in", ids).execute();
    await trx.deleteFrom("link").where("id", "in", ids).execute();
    await this.#contents.release(trx, links);
    for (const link of links) touch(link.shortCode);
  }

  async #load(actor: Actor, deed: Deed, shortCode: string, trx: Trx): Promise<Link> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const [link] = await this.#loadToChange(trx, [shortCode]);
    return seen(actor, deed, link);
  }

  async #loadMany(actor: Actor, deed: Deed, codes: readonly string[], trx: Trx): Promise<Link[]> {
    const known = [...new Set(codes)].filter(isStoredCode);
    if (known.length === 0) return [];
    const links = await this.#loadToChange(trx, known);
    return links.filter((link) => may(actor, deed, link));
  }

  /**
   * Links that this transaction alone may change. They are locked first and read then, since a read that waits for a
   * lock sees what is joined to them as it was before; in the order of their ids, so that no two wait for each other.
   */
  async #loadToChange(trx: Trx, codes: readonly ShortCode[]): Promise<Link[]> {
    const { locking } = this.#database.dialect;
    if (locking !== null) {
      const query = trx.selectFrom("link").select("id").where("short_code", "in", codes);
      await query.orderBy("id").modifyEnd(locking).execute();
    }
    const query = selectLinks(trx).where("short_code", "in", codes).orderBy("link.id");
    return (await query.execute()).map(linkFrom);
  }
}

/** An owner that no user is: only those who may see everybody's things pass. */
const NOBODY = 0;

function seen<Found extends Link>(actor: Actor, deed: Deed, link: Found | undefined): Found {
  if (link !== undefined && may(actor, deed, link)) return link;
  throw noSuchLink();
}

function requireList(actor: Actor, ownerId = NOBODY): void {
  if (may(actor, "link.list", { ownerId })) return;
  throw new Problem("forbidden", "You may not list these links.");
}

function noSuchLink(): Problem {
  return new Problem("not_found", "There is no such link.");
}

function taken(shortCode: ShortCode): Problem {
  return invalid("short_code", `"${shortCode}" is taken already.`);
}

/** The columns that may change after a link is made. */
function rowFrom(link: Omit<Link, "id">) {
  const { content } = link;
  return {
    blob_id: content?.blobId ?? null,
    file_name: content?.name ?? "",
    media_type: content?.type ?? "",
    content_at: content?.modifiedAt ?? null,
    inline: link.inline ? 1 : 0,
    kind: link.kind,
    target: link.target,
    title: link.title,
    note: link.note,
    redirect_status: link.redirectStatus,
    expires_at: link.expiresAt,
    disabled: link.disabled ? 1 : 0,
    updated_at: link.updatedAt,
  } satisfies Updateable<Schema["link"]>;
}

async function addSearchRow(trx: Trx, link: Link): Promise<void> {
  const { id, ownerId } = link;
  await trx
    .insertInto("link_search")
    .values({ ...searchRowFrom(link), link_id: id, owner_id: ownerId })
    .execute();
}

function searchRowFrom(link: Link) {
  return {
    kind: link.kind,
    disabled: link.disabled ? 1 : 0,
    expires_at: link.expiresAt,
    ...searchedText(link),
  } satisfies Updateable<Schema["link_search"]>;
}
