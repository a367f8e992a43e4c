import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0043: how far the visits of some links are saved already, of records that are saved link by link. */
export async function addSlices(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  for (const column of ["saving", "links_below"])
    await db.schema
      .alterTable("visit_journal")
      .addColumn(column, types.whole, (added) => added.notNull().defaultTo(0))
      .execute();
}
