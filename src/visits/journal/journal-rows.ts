import type { Database, Trx } from "../../database/database.ts";

/** How far the database says that a file is saved; see journal-folder.ts. */
export interface SavedState {
  readonly saved: number;
  /** Up to which record those of links with an id below `links_below` are saved, too; 0: of no more. */
  readonly saving: number;
  readonly links_below: number;
}

export const nothingSaved: SavedState = { saved: 0, saving: 0, links_below: 0 };

/** What a transaction changes of the row of a file. */
export interface Move {
  readonly name: string;
  readonly before: SavedState;
  readonly after: SavedState;
}

export async function readState({ lookup }: Database, name: string): Promise<SavedState> {
  const row = await lookup
    .selectFrom("visit_journal")
    .select(["saved", "saving", "links_below"])
    .where("name", "=", name)
    .executeTakeFirst();
  return row ?? nothingSaved;
}

/** Compares and sets; returns whether the row was as it was before. */
export async function moveRow(trx: Trx, { name, before, after }: Move): Promise<boolean> {
  if (before.saved === 0 && before.saving === 0) {
    const query = trx
      .insertInto("visit_journal")
      .values({ name, ...after })
      .onConflict((on) => on.doNothing());
    return (await query.executeTakeFirst()).numInsertedOrUpdatedRows === 1n;
  }
  const query = trx
    .updateTable("visit_journal")
    .set(after)
    .where("name", "=", name)
    .where("saved", "=", before.saved)
    .where("saving", "=", before.saving)
    .where("links_below", "=", before.links_below);
  return (await query.executeTakeFirst()).numUpdatedRows === 1n;
}
