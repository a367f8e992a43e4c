import type { User } from "../../src/accounts/user.ts";
import type { Database } from "../../src/database/database.ts";

/** Returns the id of the new user. */
export async function insertUser(
  database: Database,
  { username, role }: Pick<User, "username" | "role">,
): Promise<number> {
  const row = { username, display_name: username, role, password_hash: null, disabled: 0 } as const;
  return await database.write(async (trx) => {
    const query = trx.insertInto("user").values({ ...row, created_at: Date.now() });
    return (await query.returning("id").executeTakeFirstOrThrow()).id;
  });
}
