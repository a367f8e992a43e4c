import type { Selectable, Updateable } from "kysely";
import type { Clock, Random } from "../chance.ts";
import { isUniqueViolation } from "../database/dialect.ts";
import type { Database, Touch, Trx } from "../database/open.ts";
import type { Schema } from "../database/schema.ts";
import { type Actor, type Deed, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import type { LinkCache } from "./cache.ts";
import type { LinkChanges, NewLink } from "./input.ts";
import type { Link } from "./link.ts";
import { isStoredCode, makeShortCode, type ShortCode } from "./shortcode.ts";

/** A link with what a list shows beside it. */
export interface ListedLink extends Link {
  /** The owner's user name. */
  readonly owner: string;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

export interface LinkFilter {
  /** Whose links; absent: everybody's. */
  readonly ownerId?: number;
  /** The `next` of the page before. */
  readonly after?: string;
  /** Links on a page. */
  readonly limit: number;
}

export interface LinkPage {
  readonly links: readonly ListedLink[];
  /** What `after` gives the next page; null on the last. */
  readonly next: string | null;
}

export interface LinksParts {
  readonly database: Database;
  readonly cache: LinkCache;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often another automatic code is tried when one is taken. */
const CODE_TRIES = 8;

/** Everything that is done with links. Another's link and a missing one look the same: `not_found`. */
export class Links {
  readonly #database: Database;
  readonly #cache: LinkCache;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ database, cache, clock, random }: LinksParts) {
    this.#database = database;
    this.#cache = cache;
    this.#clock = clock;
    this.#random = random;
  }

  /** From memory, for opening; `peek` never waits. */
  get cache(): LinkCache {
    return this.#cache;
  }

  /**
   * Makes a link of `owner`'s, under the code it asks for or an automatic one.
   * @throws Problem `forbidden`, `invalid` on `short_code` when that is taken, `busy`, `storage_full`
   */
  async create(actor: Actor, owner: { ownerId: number }, input: NewLink): Promise<Link> {
    if (!may(actor, "link.create", owner))
      throw new Problem("forbidden", "You may not make links here.");
    if (input.shortCode !== null) {
      const link = await this.#insert(owner.ownerId, input.shortCode, input);
      if (link === null) throw invalid("short_code", `"${input.shortCode}" is taken already.`);
      return link;
    }
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      const link = await this.#insert(owner.ownerId, makeShortCode(this.#random), input);
      if (link !== null) return link;
    }
    throw new Problem("busy", "No free short code was found. Try again.", { retryAfterSeconds: 1 });
  }

  /** @throws Problem `not_found` */
  async get(actor: Actor, shortCode: string): Promise<ListedLink> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const row = await listed(this.#database.lookup)
      .where("short_code", "=", shortCode)
      .executeTakeFirst();
    return seen(actor, "link.see", row && listedFrom(row));
  }

  /**
   * One page of links, newest first.
   * @throws Problem `forbidden` where the filter reaches beyond the actor's own
   */
  async list(actor: Actor, { ownerId, after, limit }: LinkFilter): Promise<LinkPage> {
    if (!may(actor, "link.list", { ownerId: ownerId ?? NOBODY })) {
      throw new Problem("forbidden", "You may not list these links.");
    }
    let query = listed(this.#database.read)
      .orderBy("link.id", "desc")
      .limit(limit + 1);
    if (ownerId !== undefined) query = query.where("link.owner_id", "=", ownerId);
    if (after !== undefined && /^\d{1,15}$/.test(after))
      query = query.where("link.id", "<", Number(after));
    const links = (await query.execute()).map(listedFrom);
    const page = links.slice(0, limit);
    const last = page.at(-1);
    return { links: page, next: links.length > limit && last ? String(last.id) : null };
  }

  /** @throws Problem `not_found`, `busy`, `storage_full` */
  async edit(actor: Actor, shortCode: string, changes: LinkChanges): Promise<Link> {
    return await this.#database.write(async (trx, touch) => {
      const link = await this.#load(actor, "link.edit", shortCode, trx);
      const changed: Link = { ...link, ...changes, updatedAt: this.#clock() };
      await trx.updateTable("link").set(rowFrom(changed)).where("id", "=", link.id).execute();
      touch(link.shortCode);
      return changed;
    });
  }

  /** @throws Problem `not_found`, `busy`, `storage_full` */
  async remove(actor: Actor, shortCode: string): Promise<Link> {
    return await this.#database.write(async (trx, touch) => {
      const link = await this.#load(actor, "link.delete", shortCode, trx);
      await removeRows(trx, touch, [link]);
      return link;
    });
  }

  /**
   * Removes links that expired more than `retentionDays` ago, at most `limit` of them; tells how many it was.
   */
  async sweepExpired(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * 86_400_000;
    return await this.#database.write(async (trx, touch) => {
      const expired = await trx
        .selectFrom("link")
        .select(["id", "short_code as shortCode"])
        .where("expires_at", "<=", before)
        .limit(limit)
        .execute();
      await removeRows(trx, touch, expired);
      return expired.length;
    });
  }

  /** Null when the code is taken. */
  async #insert(ownerId: number, shortCode: ShortCode, input: NewLink): Promise<Link | null> {
    const now = this.#clock();
    const link = {
      ...input,
      shortCode,
      ownerId,
      kind: "redirect" as const,
      createdAt: now,
      updatedAt: now,
    };
    try {
      return await this.#database.write(async (trx, touch) => {
        touch(shortCode);
        const values = {
          ...rowFrom(link),
          short_code: shortCode,
          owner_id: ownerId,
          created_at: now,
        };
        const { id } = await trx
          .insertInto("link")
          .values(values)
          .returning("id")
          .executeTakeFirstOrThrow();
        return { ...link, id };
      });
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  async #load(actor: Actor, deed: Deed, shortCode: string, trx: Trx): Promise<Link> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const row = await trx
      .selectFrom("link")
      .selectAll()
      .where("short_code", "=", shortCode)
      .executeTakeFirst();
    return seen(actor, deed, row && linkFrom(row));
  }
}

/** An owner that no user is: only those who may see everybody's things pass. */
const NOBODY = 0;

function seen<Found extends Link>(actor: Actor, deed: Deed, link: Found | undefined): Found {
  if (link !== undefined && may(actor, deed, link)) return link;
  throw noSuchLink();
}

function noSuchLink(): Problem {
  return new Problem("not_found", "There is no such link.");
}

async function removeRows(
  trx: Trx,
  touch: Touch,
  links: readonly Pick<Link, "id" | "shortCode">[],
): Promise<void> {
  if (links.length === 0) return;
  const ids = links.map((link) => link.id);
  await trx.deleteFrom("visit_hour").where("link_id", "in", ids).execute();
  await trx.deleteFrom("link").where("id", "in", ids).execute();
  for (const link of links) touch(link.shortCode);
}

type LinkRow = Selectable<Schema["link"]>;

function linkFrom(row: LinkRow): Link {
  return {
    id: row.id,
    shortCode: row.short_code,
    ownerId: row.owner_id,
    kind: row.kind,
    target: row.target,
    title: row.title,
    note: row.note,
    redirectStatus: row.redirect_status,
    expiresAt: row.expires_at,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The columns that may change after a link is made. */
function rowFrom(link: Omit<Link, "id">) {
  return {
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

function listed(db: Database["read"]) {
  return db
    .selectFrom("link")
    .innerJoin("user", "user.id", "link.owner_id")
    .leftJoin("link_total", "link_total.link_id", "link.id")
    .selectAll("link")
    .select([
      "user.username as owner",
      "link_total.visits",
      "link_total.last_visit_at as lastVisitAt",
    ]);
}

function listedFrom(
  row: LinkRow & { owner: string; visits: number | null; lastVisitAt: number | null },
): ListedLink {
  return {
    ...linkFrom(row),
    owner: row.owner,
    visits: row.visits ?? 0,
    lastVisitAt: row.lastVisitAt,
  };
}
