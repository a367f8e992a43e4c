import type { CompiledQuery } from "kysely";
import { LRUCache } from "lru-cache";
import type { Database } from "../database/open.ts";
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
  readonly #query: CompiledQuery;

  /** @param size how many links, and as many unknown codes, are kept */
  constructor(database: Database, size: number) {
    this.#database = database;
    this.#links = new LRUCache({ max: size });
    this.#unknown = new LRUCache({ max: size });
    this.#query = database.lookup
      .selectFrom("link")
      .select(columns)
      .where("short_code", "=", "" as ShortCode)
      .compile();
  }

  /** What memory knows of a code: a link, that there is none (null), or nothing (undefined). */
  peek(shortCode: string): Opening | null | undefined {
    const kept = this.#links.get(shortCode) ?? this.#unknown.get(shortCode);
    if (kept === undefined) return undefined;
    return this.#database.changes.stands(kept.bucket, kept.version) ? kept.found : undefined;
  }

  /** @throws Problem `busy` when the database cannot be asked */
  async find(shortCode: string): Promise<Opening | null> {
    const known = this.peek(shortCode);
    return known === undefined ? await this.#load(shortCode) : known;
  }

  async #load(shortCode: string): Promise<Opening | null> {
    const { changes } = this.#database;
    const bucket = changes.bucketOf(shortCode);
    const version = changes.note(bucket);
    const found = await this.#read(shortCode);
    if (version !== null && changes.stands(bucket, version))
      this.#keep(shortCode, { found, bucket, version });
    return found;
  }

  #keep(shortCode: string, { found, bucket, version }: Kept<Opening | null>): void {
    if (found === null) {
      this.#links.delete(shortCode);
      this.#unknown.set(shortCode, { found, bucket, version });
    } else {
      this.#unknown.delete(shortCode);
      this.#links.set(shortCode, { found, bucket, version });
    }
  }

  async #read(shortCode: string): Promise<Opening | null> {
    const query = { ...this.#query, parameters: [shortCode] };
    const { rows } = await this.#database.lookup.executeQuery<
      Omit<Opening, "disabled"> & { disabled: 0 | 1 }
    >(query);
    const [row] = rows;
    return row === undefined ? null : { ...row, disabled: row.disabled === 1 };
  }
}
