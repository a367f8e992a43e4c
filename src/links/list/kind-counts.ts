import { LRUCache } from "lru-cache";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { Kind } from "../link.ts";

/** Number of links of each kind; a kind without links is missing. */
export type KindCounts = ReadonlyMap<Kind, number>;

interface Counted {
  readonly at: number;
  readonly counts: KindCounts;
}

/** Counts of more links than this may be a minute old: counting a million takes some tens of milliseconds. */
const MANY = 1000;
const MINUTE_MS = 60_000;

/** Number of owners whose counts are remembered. */
const REMEMBERED = 1000;

/** Counts the links of an owner, or of all, by kind. */
export class KindCounter {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #many: number;
  readonly #counted = new LRUCache<number | "all", Counted>({ max: REMEMBERED });

  constructor(database: Database, clock: Clock, many = MANY) {
    this.#database = database;
    this.#clock = clock;
    this.#many = many;
  }

  async of(ownerId: number | undefined): Promise<KindCounts> {
    const now = this.#clock();
    const key = ownerId ?? "all";
    const known = this.#counted.get(key);
    if (known !== undefined && Math.abs(now - known.at) < MINUTE_MS) return known.counts;
    const counts = await this.#count(ownerId);
    const total = counts.values().reduce((sum, count) => sum + count, 0);
    if (total > this.#many) this.#counted.set(key, { at: now, counts });
    return counts;
  }

  async #count(ownerId: number | undefined): Promise<KindCounts> {
    const all = this.#database.read
      .selectFrom("link_search")
      .select(["kind", (of) => of.fn.countAll<number>().as("count")])
      .groupBy("kind");
    const rows = await (ownerId === undefined
      ? all
      : all.where("owner_id", "=", ownerId)
    ).execute();
    return new Map(rows.map(({ kind, count }) => [kind, count]));
  }
}
