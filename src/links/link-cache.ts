import { type CompiledQuery, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Flag } from "../database/schema.ts";
import { type Recent, RecentMap } from "./clock-cache.ts";
import { type Kind, kinds, type Link } from "./link.ts";
import { type ContentColumns, contentColumns, contentFrom } from "./link-rows.ts";
import { isStoredCode, type ShortCode } from "./short-code.ts";
import { type Location, locationOf } from "./target/location.ts";

/** The part of a link that is needed to open it, without the title of a redirect. */
export interface Opening
  extends Pick<
    Link,
    | "id"
    | "kind"
    | "title"
    | "redirectStatus"
    | "expiresAt"
    | "disabled"
    | "content"
    | "inline"
    | "updatedAt"
  > {
  /** The destination of a redirect as a URI; empty for the other kinds. */
  readonly location: Location | "";
  /** The owner's theme for Markdown pages, of such a page only. */
  readonly ownerTheme: string | null;
}

/** The bucket of its code, and the version at which that stood when the row was read. */
interface Read extends Recent {
  readonly bucket: number;
  readonly version: number;
}

const columns = [
  "link.id",
  "kind",
  "target",
  "title",
  "redirect_status as redirectStatus",
  "expires_at as expiresAt",
  "link.disabled",
  "inline",
  "updated_at as updatedAt",
  "user.markdown_theme as ownerTheme",
  ...contentColumns,
] as const;

/**
 * Links by short code, from memory where that is exact (see os/change-counters.ts), else by one indexed read.
 * Codes that lead nowhere are kept apart, so that guessing them pushes no link out.
 */
export class LinkCache {
  readonly #database: Database;
  readonly #links: RecentMap<Opening & Read>;
  readonly #unknown: RecentMap<Read>;
  readonly #query: CompiledQuery<Row>;
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
      .where("short_code", "=", "" as ShortCode);
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
    const { rows } = await this.#database.lookup.executeQuery(this.#queryFor(shortCode));
    return this.#keep(shortCode, bucket, version, rows[0]);
  }

  /** Before a row is read: what decides afterwards whether it may be kept. */
  #note(shortCode: string): { bucket: number; version: number | null } {
    this.#misses++;
    const { changes } = this.#database;
    const bucket = changes.bucketOf(shortCode);
    return { bucket, version: changes.readVersion(bucket) };
  }

  #queryFor(shortCode: string): CompiledQuery<Row> {
    return { ...this.#query, parameters: [shortCode] };
  }

  #stands({ bucket, version }: Pick<Read, "bucket" | "version">): boolean {
    return this.#database.changes.isCurrent(bucket, version);
  }

  #keep(
    shortCode: string,
    bucket: number,
    version: number | null,
    row: Row | undefined,
  ): Opening | null {
    const found = row === undefined ? null : openingFrom(row);
    if (version === null || !this.#stands({ bucket, version })) return found;
    if (found === null) {
      this.#links.delete(shortCode);
      this.#unknown.set(shortCode, { bucket, version, used: false });
    } else {
      this.#unknown.delete(shortCode);
      this.#links.set(shortCode, { ...found, bucket, version, used: false });
    }
    return found;
  }
}

interface Row
  extends Pick<
      Link,
      "id" | "kind" | "target" | "title" | "redirectStatus" | "expiresAt" | "updatedAt"
    >,
    ContentColumns {
  readonly disabled: Flag;
  readonly inline: Flag;
  readonly ownerTheme: string | null;
}

function openingFrom(row: Row): Opening {
  const { id, kind, target, title, redirectStatus, expiresAt, updatedAt, ownerTheme } = row;
  return {
    id,
    kind: sameText(kind),
    location: kind === "redirect" ? locationOf(target) : "",
    title: kind === "redirect" ? "" : title,
    redirectStatus,
    expiresAt,
    disabled: row.disabled === 1,
    inline: row.inline === 1,
    content: contentFrom(row),
    updatedAt,
    ownerTheme,
  };
}

/** One string for all links of a kind, where each row brought its own. */
function sameText(kind: Kind): Kind {
  return kinds.find((known) => known === kind) ?? kind;
}
