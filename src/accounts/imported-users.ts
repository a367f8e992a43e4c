import type { Audit } from "../audit/audit.ts";
import type { Database, Trx } from "../database/database.ts";
import { findUserByName } from "../database/user-by-name.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { aboutUser } from "./account-audit.ts";
import { text } from "./text.en.ts";
import { ADMIN_USERNAME, type User } from "./user.ts";
import { newUserRow, type UserRow, userFrom } from "./user-rows.ts";

/** A user of another site. */
export interface ImportedUser
  extends Pick<
    User,
    "username" | "displayName" | "role" | "theme" | "markdownTheme" | "createdAt"
  > {
  /** As the original program hashed it; null: no password signs in. */
  readonly passwordHash: string | null;
}

/** Users from another site, with the passwords they had there. */
export class ImportedUsers {
  readonly #database: Database;
  readonly #audit: Audit;

  constructor({ database, audit }: { readonly database: Database; readonly audit: Audit }) {
    this.#database = database;
    this.#audit = audit;
  }

  /**
   * Creates an account for each user who has none here, in one transaction. Existing accounts stay as they are, but for the
   * date on which the administrator's was created.
   * @returns the accounts of all, in the same order
   * @throws Problem `forbidden`
   */
  async add(actor: Actor, imported: readonly ImportedUser[]): Promise<User[]> {
    if (!may(actor, "user.create")) throw new Problem("forbidden", text.access.mayNotCreate);
    return await this.#database.write(async (trx) => {
      const users: User[] = [];
      for (const user of imported) {
        const existing = await findUserByName(trx, user.username);
        if (existing !== undefined) await keepFirstDate(trx, existing, user);
        users.push(userFrom(existing ?? (await this.#insert(trx, actor, user))));
      }
      return users;
    });
  }

  async #insert(trx: Trx, actor: Actor, user: ImportedUser): Promise<UserRow> {
    const { theme, markdownTheme } = user;
    const values = {
      ...newUserRow({ ...user, mustChangePassword: false }),
      theme,
      markdown_theme: markdownTheme,
    };
    const row = await trx
      .insertInto("user")
      .values(values)
      .returningAll()
      .executeTakeFirstOrThrow();
    const details = { role: row.role, movedIn: true };
    await this.#audit.record(trx, actor, aboutUser("user.created", row, details));
    return row;
  }
}

/** The administrator's account exists from the start: it takes on the date on which it was created elsewhere. */
async function keepFirstDate(trx: Trx, row: UserRow, { createdAt }: ImportedUser): Promise<void> {
  if (row.username !== ADMIN_USERNAME || createdAt >= row.created_at) return;
  await trx.updateTable("user").set({ created_at: createdAt }).where("id", "=", row.id).execute();
}
