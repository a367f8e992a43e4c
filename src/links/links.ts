import type { Audit } from "../audit/audit.ts";
import type { Clock, Random } from "../clock.ts";
import type { Database, Touch, Trx } from "../database/database.ts";
import { isMissingReference, isUniqueViolation } from "../database/database-errors.ts";
import type { Blobs, ReceivedFile } from "../files/blobs.ts";
import { type Actor, may, type ResourceAction } from "../policy.ts";
import { invalid, Problem, toProblem } from "../problem.ts";
import { findSent, forgetSent, noteSent } from "./idempotency.ts";
import type { LinkChanges, NewLink } from "./input/link-schema.ts";
import type { Link } from "./link.ts";
import { aboutChange, aboutLink } from "./link-audit.ts";
import type { LinkCache } from "./link-cache.ts";
import { Contents, type KeptFile } from "./link-content.ts";
import {
  addSearchRow,
  type ListedLink,
  listedFrom,
  loadToChange,
  refuseDeclared,
  rowFrom,
  searchRowFrom,
  selectListed,
} from "./link-rows.ts";
import { readPage } from "./list/list-page.ts";
import type { LinkPage, LinkQuery } from "./list/list-query.ts";
import { type LinkTotals, readTotals } from "./list/list-totals.ts";
import { refreshRanks } from "./list/visit-ranks.ts";
import { isStoredCode, makeShortCode, type ShortCode } from "./short-code.ts";
import { text } from "./text.en.ts";

export type { ListedLink } from "./link-rows.ts";
export type { LinkPage, LinkQuery, LinkSort } from "./list/list-query.ts";

export interface LinksParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly cache: LinkCache;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
}

/** A new link whose owner is settled, and the form it came by. */
type Wanted = NewLink & Pick<Link, "ownerId"> & { readonly sentAs: string | null };

/** The same with its code settled. */
type Inserted = Wanted & Pick<Link, "shortCode">;

/** How often another automatic code is tried when one is taken. */
const CODE_TRIES = 8;

/** Everything that is done with links. Another's link and a missing one look the same: `not_found`. */
export class Links {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #cache: LinkCache;
  readonly #contents: Contents;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ database, audit, cache, blobs, clock, random }: LinksParts) {
    this.#database = database;
    this.#audit = audit;
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
   * hands out, and belongs to the same owner. What was `sentAs` the same in the last ten minutes makes one link.
   * @throws Problem `forbidden`, `invalid` on `short_code` when that is taken, `over_quota`, `busy`, `storage_full`
   */
  async create(
    actor: Actor,
    { ownerId, sentAs = null }: { ownerId: number; sentAs?: string | null },
    input: NewLink,
    file: ReceivedFile | null = null,
  ): Promise<Link> {
    if (!may(actor, "link.create", { ownerId }))
      throw new Problem("forbidden", "You may not make links here.");
    const wanted = { ...input, ownerId, sentAs };
    if (sentAs === null) return await this.#make(actor, wanted, file);
    const before = await this.#findSent(sentAs);
    if (before !== null) return before;
    try {
      return await this.#make(actor, wanted, file);
    } catch (thrown) {
      if (toProblem(thrown).code === "busy") await this.#waitForCommit();
      const meanwhile = await this.#findSent(sentAs);
      if (meanwhile === null) throw thrown;
      return meanwhile;
    }
  }

  async #make(actor: Actor, input: Wanted, file: ReceivedFile | null): Promise<Link> {
    const { shortCode } = input;
    if (shortCode !== null && !(await this.isFree(shortCode))) throw taken(shortCode);
    return await this.#contents.keep(input.kind === "redirect" ? null : file, async (kept) => {
      if (shortCode === null) return await this.#insertAnywhere(actor, input, kept);
      const link = await this.#insert(actor, { ...input, shortCode }, kept);
      if (link === null) throw taken(shortCode);
      return link;
    });
  }

  /** A form that was sent twice may be in one commit with itself, which is still under way; the next comes after it. */
  async #waitForCommit(): Promise<void> {
    await this.#database.write(async () => {}).catch(() => {});
  }

  #findSent(key: string): Promise<Link | null> {
    return findSent(this.#database.lookup, key, this.#clock());
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
   * @throws Problem `not_found`, `forbidden` where a links.toml declares it, `over_quota`, `busy`, `storage_full`
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
        if (kept !== null && kept.blob.ownerId !== link.ownerId) throw changedHands();
        const changed = await this.#change(trx, touch, link, changes, kept);
        await this.#audit.record(trx, actor, aboutChange(link, changed));
        return changed;
      }),
    );
  }

  /**
   * Changes every link among `codes` that the actor may change, in one transaction; tells how many it was.
   * @throws Problem `forbidden` where a links.toml declares one of them, `busy`, `storage_full`
   */
  async editMany(actor: Actor, codes: readonly string[], changes: LinkChanges): Promise<number> {
    return await this.#database.write(async (trx, touch) => {
      const links = await this.#loadMany(actor, "link.edit", codes, trx);
      for (const link of links) {
        const changed = await this.#change(trx, touch, link, changes);
        await this.#audit.record(trx, actor, aboutChange(link, changed));
      }
      return links.length;
    });
  }

  /** @throws Problem `not_found`, `forbidden` where a links.toml declares it, `busy`, `storage_full` */
  async remove(actor: Actor, shortCode: string): Promise<Link> {
    return await this.#database.write(async (trx, touch) => {
      const link = await this.#load(actor, "link.delete", shortCode, trx);
      await this.#removeRows(trx, touch, [link]);
      await this.#audit.record(trx, actor, aboutLink("link.removed", link));
      return link;
    });
  }

  /**
   * Removes every link among `codes` that the actor may delete, in one transaction; tells how many it was.
   * @throws Problem `forbidden` where a links.toml declares one of them, `busy`, `storage_full`
   */
  async removeMany(actor: Actor, codes: readonly string[]): Promise<number> {
    return await this.#database.write(async (trx, touch) => {
      const links = await this.#loadMany(actor, "link.delete", codes, trx);
      await this.#removeRows(trx, touch, links);
      const events = links.map((link) => aboutLink("link.removed", link));
      await this.#audit.record(trx, actor, ...events);
      return links.length;
    });
  }

  /** Forgets forms that were sent long ago, at most `limit`. */
  async forgetSent(limit: number): Promise<void> {
    await forgetSent(this.#database, this.#clock(), limit);
  }

  /** Brings the order by visits of very long lists up to date, a few links at a time; tells how many changed. */
  refreshRanks(): Promise<number> {
    return refreshRanks(this.#database);
  }

  /**
   * Removes links that expired more than `retentionDays` ago, at most `limit` of them; tells how many it was. What a
   * links.toml declares stays as long as it stands there.
   */
  async sweepExpired(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * 86_400_000;
    return await this.#database.write(async (trx, touch) => {
      // In no order: in that of ids SQLite would read every link there is.
      const query = trx.selectFrom("link").select("short_code").where("expires_at", "<=", before);
      const rows = await query.where("declared", "=", 0).limit(limit).execute();
      if (rows.length === 0) return 0;
      const codes = rows.map((row) => row.short_code);
      const loaded = await loadToChange(this.#database, trx, codes);
      const expired = loaded.filter(
        ({ expiresAt, declared }) => expiresAt !== null && expiresAt <= before && !declared,
      );
      await this.#removeRows(trx, touch, expired);
      return expired.length;
    });
  }

  async #insertAnywhere(actor: Actor, input: Wanted, kept: KeptFile | null): Promise<Link> {
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      const asked = { ...input, shortCode: makeShortCode(this.#random) };
      const link = await this.#insert(actor, asked, kept);
      if (link !== null) return link;
    }
    throw new Problem("busy", "No free short code was found. Try again.", { retryAfterSeconds: 1 });
  }

  /** Null when the code is taken. */
  async #insert(
    actor: Actor,
    { sentAs, ...input }: Inserted,
    kept: KeptFile | null,
  ): Promise<Link | null> {
    const now = this.#clock();
    try {
      return await this.#database.write(async (trx, touch) => {
        touch(input.shortCode);
        const content = kept === null ? null : await this.#contents.use(trx, kept);
        const link = { ...input, content, declared: false, createdAt: now, updatedAt: now };
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
        if (sentAs !== null) await noteSent(trx, sentAs, id, now);
        await this.#audit.record(trx, actor, aboutLink("link.created", link, { kind: link.kind }));
        return { ...link, id };
      });
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw isMissingReference(error) ? ownerIsGone() : error;
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

  async #load(actor: Actor, action: ResourceAction, shortCode: string, trx: Trx): Promise<Link> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const [link] = await loadToChange(this.#database, trx, [shortCode]);
    const found = seen(actor, action, link);
    await refuseDeclared(trx, [found]);
    return found;
  }

  async #loadMany(
    actor: Actor,
    action: ResourceAction,
    codes: readonly string[],
    trx: Trx,
  ): Promise<Link[]> {
    const known = [...new Set(codes)].filter(isStoredCode);
    if (known.length === 0) return [];
    const links = await loadToChange(this.#database, trx, known);
    const found = links.filter((link) => may(actor, action, link));
    await refuseDeclared(trx, found);
    return found;
  }
}

function seen<Found extends Link>(
  actor: Actor,
  action: ResourceAction,
  link: Found | undefined,
): Found {
  if (link !== undefined && may(actor, action, link)) return link;
  throw noSuchLink();
}

function requireList(actor: Actor, ownerId?: number): void {
  const isAllowed =
    ownerId === undefined ? may(actor, "link.list_all") : may(actor, "link.list", { ownerId });
  if (isAllowed) return;
  throw new Problem("forbidden", "You may not list these links.");
}

function noSuchLink(): Problem {
  return new Problem("not_found", "There is no such link.");
}

/** The file was brought for who had the link before. */
function changedHands(): Problem {
  const message = "This link was given to somebody else meanwhile. Try again.";
  return new Problem("busy", message, { retryAfterSeconds: 1 });
}

/** Somebody removed the account while the link was on its way. */
function ownerIsGone(): Problem {
  return new Problem("forbidden", "This account is gone: nothing can be made for it any more.");
}

function taken(shortCode: ShortCode): Problem {
  return invalid("short_code", text.shortCode.taken(shortCode));
}
