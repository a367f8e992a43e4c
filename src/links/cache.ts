import type { CompiledQuery } from "kysely";
import { LRUCache } from "lru-cache";
import type { Database } from "../database/open.ts";
import type { Flag } from "../database/schema.ts";
import type { Link } from "./link.ts";
import type { ShortCode } from "./shortcode.ts";

/** As much of a link as opening it takes. */
export type Opening = Pick<
  Link,
  "id" | "shortCode" | "kind" | "target" | "redirectStatus" | "expiresAt" | "disabled"
>;

interface Kept<Found> {
  readonly found: Found;
  readonly bucket: number;
  readonly version: number;
}

const columns = [
  "id",
  "short_code as shortCode",
  "kind",
  "target",
  "redirect_status as redirectStatus",
  "expires_at as expiresAt",
  "disabled",
] as const;

/**
 * Links by short code, from memory where that is exact (see database/changes.ts), else by one indexed read.
 * Codes that lead nowhere are kept apart, so that guessing them pushes no link out.
 */
export class LinkCache {
  readonly #database: Database;
  readonly #links: LRUCache<string, Kept<Opening>>;
  readonly #unknown: LRUCache<string, Kept<null>>;
  readonly #query: CompiledQuery<Row>;

  /** @param size how many links, and as many unknown codes, are kept */
  constructor(database: Database, size: number) {
    this.#database = database;
    this.#links = new LRUCache({ max: size });
    this.#unknown = new LRUCache({ max: size });
    const query = database.lookup.selectFrom("link").select(columns);
    this.#query = query.where("short_code", "=", "" as ShortCode).compile();
  }

  /** What memory knows of a code: a link, that there is none (null), or nothing (undefined). */
  peek(shortCode: string): Opening | null | undefined {
    const kept = this.#links.get(shortCode) ?? this.#unknown.get(shortCode);
    if (kept === undefined) return undefined;
    return this.#database.changes.stands(kept.bucket, kept.version) ? kept.found : undefined;
  }

  /** The link of a code, or null, without waiting; undefined where only waiting tells. */
  findNow(shortCode: string): Opening | null | undefined {
    const known = this.peek(shortCode);
    const { lookupNow } = this.#database;
    if (known !== undefined || lookupNow === null) return known;
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
    const { rows } = await this.#database.lookup.executeQuery(this.#queryFor(shortCode));
    return this.#keep(shortCode, bucket, version, rows[0]);
  }

  /** Before a row is read: what decides afterwards whether it may be kept. */
  #note(shortCode: string): { bucket: number; version: number | null } {
    const { changes } = this.#database;
    const bucket = changes.bucketOf(shortCode);
    return { bucket, version: changes.note(bucket) };
  }

  #queryFor(shortCode: string): CompiledQuery<Row> {
    return { ...this.#query, parameters: [shortCode] };
  }

  #keep(
    shortCode: string,
    bucket: number,
    version: number | null,
    row: Row | undefined,
  ): Opening | null {
    const found = row === undefined ? null : { ...row, disabled: row.disabled === 1 };
    if (version === null || !this.#database.changes.stands(bucket, version)) return found;
    if (found === null) {
      this.#links.delete(shortCode);
      this.#unknown.set(shortCode, { found, bucket, version });
    } else {
      this.#unknown.delete(shortCode);
      this.#links.set(shortCode, { found, bucket, version });
    }
    return found;
  }
}

type Row = Omit<Opening, "disabled"> & { readonly disabled: Flag };
