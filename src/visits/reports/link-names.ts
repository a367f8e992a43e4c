import type { Database } from "../../database/database.ts";

/** By what people know a link. */
export interface LinkName {
  readonly shortCode: string;
  readonly title: string;
}

/** Links per query. */
const BATCH = 1000;

/** Short codes and titles of links by their ids, without those in the trash. */
export class LinkNames {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async of(ids: Iterable<number>): Promise<ReadonlyMap<number, LinkName>> {
    const wanted = [...new Set(ids)];
    const names = new Map<number, LinkName>();
    for (let at = 0; at < wanted.length; at += BATCH) {
      const rows = await this.#database.scan
        .selectFrom("link")
        .select(["id", "short_code", "title"])
        .where("id", "in", wanted.slice(at, at + BATCH))
        .where("deleted_at", "is", null)
        .execute();
      for (const { id, short_code, title } of rows) names.set(id, { shortCode: short_code, title });
    }
    return names;
  }
}
