import { sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { prepare } from "../../database/prepared.ts";
import { quarterOf } from "../quarter.ts";
import type { Subject } from "./report.ts";

const CACHED = 200;

/** Milliseconds after which a report is counted again in any case: restores and imports change sums, too. */
const MAX_AGE_MS = 60_000;

interface Kept {
  readonly at: number;
  readonly state: string;
  readonly report: Promise<unknown>;
  /** Whether it is kept also while visits are saved. */
  isLong: boolean;
}

/** Reports in memory, each as long as no visits were saved; what takes long to count is kept until `MAX_AGE_MS`. */
export class ReportCache {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #kept = new LRUCache<string, Kept>({ max: CACHED });

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * @param asked everything that the report depends on, beside visits and the time
   * @param isLong whether it took long to count
   */
  async keep<Found>(
    subject: Subject,
    asked: object,
    count: () => Promise<Found>,
    isLong: (found: Found) => boolean = () => false,
  ): Promise<Found> {
    const at = this.#clock();
    const state = `${quarterOf(at)} ${await this.#stateOf(subject)}`;
    const key = JSON.stringify(asked);
    const kept = this.#kept.get(key);
    const isUsable = kept !== undefined && (kept.isLong || kept.state === state);
    if (isUsable && Math.abs(at - kept.at) < MAX_AGE_MS) return (await kept.report) as Found;
    const report = count();
    const entry: Kept = { at, state, report, isLong: false };
    this.#kept.set(key, entry);
    report.then(
      (found) => {
        entry.isLong = isLong(found);
      },
      () => {
        if (this.#kept.peek(key) === entry) this.#kept.delete(key);
      },
    );
    return await report;
  }

  /** Changes with each saving of visits, and where a tag gets other links. */
  async #stateOf(subject: Subject): Promise<string> {
    const { lookup } = this.#database;
    const [saved, [last]] = await Promise.all([
      lookup.executeQuery(journals(lookup, {})).then(({ rows }) => rows),
      lookup.executeQuery(lastQuarter(lookup, {})).then(({ rows }) => rows),
    ]);
    const state = saved.map(({ name, saved: count }) => `${name} ${count}`).sort();
    state.push(`${last?.quarter} ${last?.visits}`);
    if (subject.of === "tag" && subject.ids.length > 0) {
      const { rows } = await sql<{ links: number; sum: number }>`select count(*) as links,
        sum(link_id) as sum from link_tag where tag_id in (${sql.join(subject.ids)})`.execute(
        lookup,
      );
      state.push(`${rows[0]?.links} ${rows[0]?.sum}`);
    }
    return state.join();
  }
}

const journals = prepare((db) => db.selectFrom("visit_journal").select(["name", "saved"]));

const lastQuarter = prepare((db) =>
  db.selectFrom("visit_series").select(["quarter", "visits"]).orderBy("quarter", "desc").limit(1),
);
