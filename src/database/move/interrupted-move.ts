import { join } from "node:path";
import { claimPath } from "../../os/machine-lock.ts";
import type { Database } from "../database.ts";
import { type MoveMark, type MoveState, readMark, statementsOf, unmark } from "./move-mark.ts";
import { tableNames } from "./moved-tables.ts";

/** Locked while a command of this machine moves the database. */
export function moveLock(runFolder: string): string {
  return join(runFolder, "move");
}

/**
 * What a running process finds of a move; null: none is in progress. Where the command that moved it has ended in the
 * middle, the database takes changes again.
 * @param host name of this node: only on that of the command can its end be known
 */
export async function tendMove(
  database: Database,
  { runFolder, host }: { readonly runFolder: string; readonly host: string },
): Promise<MoveState | "interrupted" | null> {
  const { kind } = database.dialect;
  const mark = await readMark(statementsOf(database.lookup, kind));
  if (mark?.state !== "moving" || mark.host !== host) return mark?.state ?? null;
  // Held until the end, so that no command begins to go on with the move meanwhile.
  using lock = claimPath(moveLock(runFolder));
  if (lock === null) return "moving";
  return (await takeBack(database, mark)) ? "interrupted" : null;
}

async function takeBack(database: Database, { id }: MoveMark): Promise<boolean> {
  const { kind } = database.dialect;
  return await database.write(async (trx) => {
    const statements = statementsOf(trx, kind);
    const mark = await readMark(statements);
    if (mark?.id !== id || mark.state !== "moving") return false;
    for (const statement of unmark(kind, tableNames)) await statements.all(statement);
    return true;
  });
}
