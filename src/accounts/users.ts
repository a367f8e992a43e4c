import { sql } from "kysely";
import type { Clock, Random } from "../chance.ts";
import { isUniqueViolation } from "../database/dialect.ts";
import type { Database, Trx } from "../database/open.ts";
import { networkOf, type RateLimit } from "../ops/limits.ts";
import type { Logger } from "../ops/log.ts";
import { type Actor, type Deed, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import { Credentials } from "./credentials.ts";
import { makePassword, needsRehash, type Passwords, parseNewPassword } from "./password.ts";
import { type NewUser, newUserRow, preferenceColumns, type UserRow, userFrom } from "./rows.ts";
import {
  ADMIN_USERNAME,
  choosesForTheSite,
  isStoredUsername,
  type Preferences,
  parseDisplayName,
  parseUsername,
  type Role,
  type User,
} from "./user.ts";

export interface UsersParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly passwords: Passwords;
  /** Counts wrong passwords. */
  readonly signInLimit: RateLimit;
  /** The administrator's password as the environment sets it; empty: the stored one holds. */
  readonly adminPassword: string;
}

/** A user that nobody is: only those who may do a deed to everybody pass. */
const NOBODY = { ownerId: 0 };

/** Accounts, and proving who one is. */
export class Users {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #passwords: Passwords;
  readonly #credentials: Credentials;

  constructor(parts: UsersParts) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#log = parts.log;
    this.#passwords = parts.passwords;
    this.#credentials = new Credentials(parts);
  }

  /**
   * Makes an account.
   * @throws Problem `forbidden`, `invalid` on `username`, `password` or `display_name`
   */
  async create(
    actor: Actor,
    input: { username: string; password: string; displayName?: string; role?: Role },
  ): Promise<User> {
    if (!may(actor, "user.create", NOBODY)) {
      throw new Problem("forbidden", "Only an administrator can make accounts.");
    }
    const username = parseUsername(input.username);
    const password = parseNewPassword(input.password, { field: "password", username });
    const displayName = parseDisplayName(input.displayName ?? "") || username;
    const passwordHash = await this.#passwords.hash(password);
    const role = input.role ?? "user";
    const createdAt = this.#clock();
    return await this.#insert({ username, displayName, role, passwordHash, createdAt });
  }

  async findById(id: number): Promise<User | null> {
    const row = await this.#rows().where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : userFrom(row);
  }

  /** Finds without regard to case. */
  async findByUsername(username: string): Promise<User | null> {
    const row = await this.#findRow(username);
    return row === undefined ? null : userFrom(row);
  }

  /**
   * Who this is, if the password is right. A blank user name is the administrator.
   * @throws Problem `unauthenticated`, the same and after the same work whatever was wrong; `too_many`
   */
  async signIn(input: { username: string; password: string; address: string }): Promise<User> {
    const username = input.username.trim() || ADMIN_USERNAME;
    const found = await this.#findRow(username);
    const row = found?.disabled === 1 ? undefined : found;
    const key = `${networkOf(input.address)} ${username.toLowerCase().slice(0, 200)}`;
    const isRight = await this.#credentials.guess(key, row, input.password);
    const about = { account: found?.username ?? null, address: input.address };
    if (row === undefined || !isRight) {
      this.#log.warn(about, "sign-in refused");
      throw new Problem("unauthenticated", "Wrong user name or password.");
    }
    this.#log.info(about, "signed in");
    await this.#strengthen(row, input.password);
    return userFrom(row);
  }

  /**
   * Changes a password by someone who knows the current one. Sessions made under the old one end.
   * @throws Problem `not_found`, `forbidden`, `invalid` on `current_password` or `new_password`, `too_many`
   */
  async changePassword(
    actor: Actor,
    userId: number,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  ): Promise<void> {
    const row = await this.#rows().where("id", "=", userId).executeTakeFirst();
    const user = this.#settable(actor, "user.change_password", row);
    const parsed = parseNewPassword(newPassword, {
      field: "new_password",
      username: user.username,
    });
    const key = `password of ${userId}`;
    const isRight = await this.#credentials.guess(key, user, currentPassword);
    const isChanged =
      isRight && (await this.#replaceHash(user, await this.#passwords.hash(parsed)));
    if (!isChanged) throw invalid("current_password", "This is not the current password.");
    this.#log.info({ account: user.username }, "password changed");
  }

  /**
   * Sets a password without the current one. Sessions made under the old one end.
   * @throws Problem `not_found`, `forbidden`, `invalid` on `new_password`
   */
  async setPassword(actor: Actor, username: string, newPassword: string): Promise<void> {
    const user = this.#settable(actor, "user.set_password", await this.#findRow(username));
    const parsed = parseNewPassword(newPassword, {
      field: "new_password",
      username: user.username,
    });
    const passwordHash = await this.#passwords.hash(parsed);
    await this.#database.write(async (trx) => {
      const query = trx.updateTable("user").set({ password_hash: passwordHash });
      await query.where("id", "=", user.id).execute();
      await removeSessions(trx, user.id);
    });
    this.#log.info({ account: user.username }, "password set");
  }

  /**
   * Keeps what somebody chooses for themselves.
   * @throws Problem `not_found`; `forbidden` for themes of the account whose choice is the site's
   */
  async changePreferences(actor: Actor, userId: number, preferences: Preferences): Promise<void> {
    const row = await this.#rows().where("id", "=", userId).executeTakeFirst();
    if (row === undefined || !may(actor, "user.change_preferences", { ownerId: userId })) {
      throw noSuchAccount();
    }
    const { theme, markdownTheme } = preferences;
    if (choosesForTheSite(row) && (theme ?? markdownTheme ?? null) !== null) {
      throw new Problem("forbidden", "The themes of this account are the site's.");
    }
    const columns = preferenceColumns(preferences);
    if (Object.keys(columns).length === 0) return;
    await this.#database.write(async (trx) => {
      const query = trx.updateTable("user").set(columns);
      await query.where("id", "=", userId).execute();
    });
  }

  /** Makes the administrator's account, still without a password, if there is none; tells whether it did. */
  async ensureAdministrator(): Promise<boolean> {
    if ((await this.#findRow(ADMIN_USERNAME)) !== undefined) return false;
    const values = newUserRow({
      username: ADMIN_USERNAME,
      displayName: "Administrator",
      role: "administrator",
      passwordHash: null,
      createdAt: this.#clock(),
    });
    return await this.#database.write(async (trx) => {
      const insert = trx
        .insertInto("user")
        .values(values)
        .onConflict((on) => on.doNothing());
      const { numInsertedOrUpdatedRows } = await insert.executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    });
  }

  /**
   * Makes the administrator's first password, where neither the environment nor the database has one, and gives
   * it this once; null where there is one.
   */
  async makeFirstPassword(): Promise<string | null> {
    const row = await this.#findRow(ADMIN_USERNAME);
    if (row === undefined || row.password_hash !== null) return null;
    if (this.passwordIsFromEnvironment(row)) return null;
    const password = makePassword(this.#random);
    const isOurs = await this.#setFirstHash(row.id, await this.#passwords.hash(password));
    return isOurs ? password : null;
  }

  /** Whether the environment sets this account's password, so that nothing here can change it. */
  passwordIsFromEnvironment(user: { readonly username: string }): boolean {
    return this.#credentials.isFromEnvironment(user);
  }

  /** What is wrong with the password that the environment sets; null when nothing is, or none is set. */
  get adminPasswordWeakness(): string | null {
    return this.#credentials.weakness;
  }

  /** What a session of this account is sealed with, so that it ends when the password changes. */
  credentialOf(row: UserRow): string {
    return this.#credentials.of(row);
  }

  #rows() {
    return this.#database.lookup.selectFrom("user").selectAll();
  }

  async #findRow(username: string): Promise<UserRow | undefined> {
    if (!isStoredUsername(username)) return undefined;
    return await this.#rows()
      .where(sql`lower(username)`, "=", sql`lower(${username})`)
      .executeTakeFirst();
  }

  /** The account, if `actor` may do this with its password and anything here can. */
  #settable(actor: Actor, deed: Deed, row: UserRow | undefined): UserRow {
    if (row === undefined || !may(actor, deed, { ownerId: row.id })) {
      throw noSuchAccount();
    }
    if (this.passwordIsFromEnvironment(row)) {
      throw new Problem(
        "forbidden",
        "This password is set by the environment (TRUNK8_ADMIN_PASSWORD).",
      );
    }
    return row;
  }

  /** Renews a hash made with weaker parameters; if that fails, the next sign-in tries again. */
  async #strengthen(row: UserRow, password: string): Promise<void> {
    if (row.password_hash === null || !needsRehash(row.password_hash)) return;
    if (this.passwordIsFromEnvironment(row)) return;
    try {
      await this.#replaceHash(row, await this.#passwords.hash(password));
    } catch (error) {
      this.#log.warn({ err: error, account: row.username }, "password hash not renewed");
    }
  }

  /** False when the hash is no longer the one that was read: someone else was faster. */
  async #replaceHash({ id, password_hash: before }: UserRow, after: string): Promise<boolean> {
    return await this.#database.write(async (trx) => {
      const query = trx.updateTable("user").set({ password_hash: after }).where("id", "=", id);
      const { numUpdatedRows } = await query.where("password_hash", "=", before).executeTakeFirst();
      if (numUpdatedRows === 1n) await removeSessions(trx, id);
      return numUpdatedRows === 1n;
    });
  }

  async #insert(user: NewUser): Promise<User> {
    try {
      return await this.#database.write(async (trx) => {
        const query = trx.insertInto("user").values(newUserRow(user)).returningAll();
        return userFrom(await query.executeTakeFirstOrThrow());
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw invalid("username", "This user name is taken.");
      throw error;
    }
  }

  /** Of processes that start at once, exactly one gets true: its password is the one that is kept. */
  async #setFirstHash(id: number, passwordHash: string): Promise<boolean> {
    return await this.#database.write(async (trx) => {
      const update = trx.updateTable("user").set({ password_hash: passwordHash });
      const { numUpdatedRows } = await update
        .where("id", "=", id)
        .where("password_hash", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }
}

function noSuchAccount(): Problem {
  return new Problem("not_found", "There is no such account.");
}

/** Another hash has ended them already; this takes them off the list that people see. */
async function removeSessions(trx: Trx, userId: number): Promise<void> {
  await trx.deleteFrom("session").where("user_id", "=", userId).execute();
}
