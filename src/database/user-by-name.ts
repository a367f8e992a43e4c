import { type Selectable, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

/** Returns the row of the user of that name, in any case. */
export async function findUserByName(
  db: Database["lookup"],
  username: string,
): Promise<Selectable<Schema["user"]> | undefined> {
  if (!couldBeStored(username)) return undefined;
  return await db
    .selectFrom("user")
    .selectAll()
    .where(sql`lower(username)`, "=", sql`lower(${username})`)
    .executeTakeFirst();
}

/** Imported users may have other characters than new ones, but none that a database refuses. */
function couldBeStored(username: string): boolean {
  return username.length <= 200 && !/\p{Cc}/u.test(username);
}
