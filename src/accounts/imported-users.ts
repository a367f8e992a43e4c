import type { Audit } from "../audit/audit.ts";
import type { Database, Trx } from "../database/database.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { aboutUser } from "./account-audit.ts";
import type { User } from "./user.ts";
import { findNamed, newUserRow, type UserRow, userFrom } from "./user-rows.ts";

/** A person as another site knew them. */
export interface MovingUser
  extends Pick<
    User,
    "username" | "displayName" | "role" | "theme" | "markdownTheme" | "createdAt"
  > {
  /** Of the original program's making; null: nobody signs in by it. */
  readonly passwordHash: string | null;
}

/** People who come from another site, with the passwords they had there. */
export class MovedUsers {
  readonly #database: Database;
  readonly #audit: Audit;

  constructor({ database, audit }: { readonly database: Database; readonly audit: Audit }) {
    this.#database = database;
    this.#audit = audit;
  }

  /**
   * Makes an account for each who has none here, in one transaction, and gives everybody's, in their order. An account
   * that is here stays as it is.
   * @throws Problem `forbidden`
   */
  async bring(actor: Actor, people: readonly MovingUser[]): Promise<User[]> {
    if (!may(actor, "user.create"))
      throw new Problem("forbidden", "Only an administrator can make accounts.");
    return await this.#database.write(async (trx) => {
      const users: User[] = [];
      for (const person of people) {
        const row =
          (await findNamed(trx, person.username)) ?? (await this.#insert(trx, actor, person));
        users.push(userFrom(row));
      }
      return users;
    });
  }

  async #insert(trx: Trx, actor: Actor, person: MovingUser): Promise<UserRow> {
    const { theme, markdownTheme } = person;
    const values = {
      ...newUserRow({ ...person, mustChangePassword: false }),
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
