import { type CompiledQuery, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Flag } from "../database/schema.ts";
import { idByCode } from "./aliases/id-by-code.ts";
import { CachedLink, CachedRead, type Opening, type OpeningRow } from "./cached-link.ts";
import { RecentMap } from "./clock-cache.ts";
import { contentColumns } from "./rows/link-columns.ts";
import { isStoredCode, type ShortCode } from "./short-code.ts";

const columns = [
  "link.id",
  "short_code",
  "kind",
  "target",
  "title",
  "redirect_status as redirectStatus",
  "expires_at as expiresAt",
  "link.disabled",
  "inline",
  "updated_at as updatedAt",
  "starts_at as startsAt",
  "fallback_url as fallbackUrl",
  "forward_query as forwardQuery",
  "embed_hosts as embedHosts",
  sql<Flag>`case when visit_limit is null and link.password_hash = '' then 0 else 1 end`.as(
    "isGated",
  ),
  sql<Flag>`case when kind = 'html' and exists
    (select 1 from link_file where link_id = link.id) then 1 else 0 end`.as("isSite"),
  "user.markdown_theme as ownerTheme",
  ...contentColumns,
] as const;

/**
 * Links by short code, from memory where that is exact (see os/change-counters.ts), else by one indexed read.
 * Codes that lead nowhere are kept apart, so that guessing them pushes no link out.
 */
export class LinkCache {
  readonly #database: Database;
  readonly #links: RecentMap<CachedLink>;
  readonly #unknown: RecentMap<CachedRead>;
  readonly #query: CompiledQuery<OpeningRow>;
  #misses = 0;

  /** @param size how many links, and as many unknown codes, are kept */
  constructor(database: Database, size: number) {
    this.#database = database;
    this.#links = new RecentMap(size);
    this.#unknown = new RecentMap(size);
    const query = database.lookup
      .selectFrom("link")
      .leftJoin("blob", "blob.id", "link.blob_id")
      .leftJoin("user", (join) =>
        join.onRef("user.id", "=", "link.owner_id").on("kind", "=", sql.lit("markdown")),
      )
      .select(columns)
      .where("link.id", "=", idByCode(database.lookup, "" as ShortCode))
      .where("deleted_at", "is", null);
    this.#query = query.compile();
  }

  /** How many links and unknown codes are in memory. */
  get size(): number {
    return this.#links.size + this.#unknown.size;
  }

  /** How often the database was asked. */
  get misses(): number {
    return this.#misses;
  }

  /** What memory knows of a code: a link, that there is none (null), or nothing (undefined). */
  peek(shortCode: string): Opening | null | undefined {
    const link = this.#links.get(shortCode);
    if (link !== undefined && this.#stands(link)) return link;
    const unknown = this.#unknown.get(shortCode);
    return unknown !== undefined && this.#stands(unknown) ? null : undefined;
  }

  /** The link of a code, or null, without waiting; undefined if only the database knows. */
  findNow(shortCode: string): Opening | null | undefined {
    const known = this.peek(shortCode);
    if (known !== undefined) return known;
    const { lookupNow } = this.#database;
    if (lookupNow === null) return undefined;
    if (!isStoredCode(shortCode)) return null;
    const { bucket, version } = this.#note(shortCode);
    try {
      return this.#keep(shortCode, bucket, version, lookupNow(this.#queryFor(shortCode)));
    } catch {
      return undefined; // `find` asks again, and says what is wrong
    }
  }

  /** @throws Problem `busy` when the database cannot be asked */
  async find(shortCode: string): Promise<Opening | null> {
    const known = this.findNow(shortCode);
    if (known !== undefined) return known;
    const { bucket, version } = this.#note(shortCode);
    try {
      const { rows } = await this.#database.lookup.executeQuery(this.#queryFor(shortCode));
      return this.#keep(shortCode, bucket, version, rows[0]);
    } catch (error) {
      const stale = this.peek(shortCode); // if the database has gone away, memory may answer
      if (stale === undefined) throw error;
      return stale;
    }
  }

  /** Whether a link belongs to a user. Never from memory: a transfer may change it. */
  async isOwnedBy(linkId: number, userId: number): Promise<boolean> {
    const row = await this.#database.lookup
      .selectFrom("link")
      .select("owner_id")
      .where("id", "=", linkId)
      .executeTakeFirst();
    return row?.owner_id === userId;
  }

  /** Before a row is read: what decides afterwards whether it may be kept. */
  #note(shortCode: string): { bucket: number; version: number | null } {
    this.#misses++;
    const { changes } = this.#database;
    const bucket = changes.bucketOf(shortCode);
    return { bucket, version: changes.readVersion(bucket) };
  }

  #queryFor(shortCode: string): CompiledQuery<OpeningRow> {
    return { ...this.#query, parameters: [shortCode, shortCode] };
  }

  #stands({ bucket, version }: CachedRead): boolean {
    return this.#database.changes.isCurrent(bucket, version);
  }

  #keep(
    shortCode: string,
    bucket: number,
    version: number | null,
    row: OpeningRow | undefined,
  ): Opening | null {
    const isKept = version !== null && this.#database.changes.isCurrent(bucket, version);
    if (row === undefined) {
      if (isKept) this.#keepUnknown(shortCode, new CachedRead(bucket, version));
      return null;
    }
    const found = new CachedLink(row, bucket, version ?? 0);
    if (!isKept) return found;
    this.#unknown.delete(shortCode);
    // By a text of its own: that of a request would keep the whole URL that it is a part of.
    const isAlias = row.short_code !== shortCode;
    this.#links.set(isAlias ? Buffer.from(shortCode).toString() : row.short_code, found);
    return found;
  }

  #keepUnknown(shortCode: string, read: CachedRead): void {
    this.#links.delete(shortCode);
    this.#unknown.set(Buffer.from(shortCode).toString(), read);
  }
}
