import { type Selectable, sql } from "kysely";
import type { Clock, Random } from "../chance.ts";
import { isUniqueViolation } from "../database/dialect.ts";
import type { Database } from "../database/open.ts";
import type { Schema } from "../database/schema.ts";
import { networkOf } from "../ops/limits.ts";
import type { Logger } from "../ops/log.ts";
import { type Actor, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import type { Credentials } from "./credentials.ts";
import { makePassword, needsRehash, type Passwords, parseNewPassword } from "./password.ts";
import {
  ADMIN_USERNAME,
  isStoredUsername,
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
  readonly credentials: Credentials;
}

export type UserRow = Selectable<Schema["user"]>;

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
    this.#credentials = parts.credentials;
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
    return await this.#insert({ username, displayName, role: input.role ?? "user", passwordHash });
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
    const user = this.#settable(actor, row);
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
    const user = this.#settable(actor, await this.#findRow(username));
    const parsed = parseNewPassword(newPassword, {
      field: "new_password",
      username: user.username,
    });
    const passwordHash = await this.#passwords.hash(parsed);
    await this.#database.write(async (trx) => {
      const query = trx.updateTable("user").set({ password_hash: passwordHash });
      await query.where("id", "=", user.id).execute();
    });
    this.#log.info({ account: user.username }, "password set");
  }

  /**
   * Makes the administrator's account if there is none. Where neither the environment nor the database has a
   * password for it, makes one, and returns it this once.
   */
  async ensureAdministrator(): Promise<{ generatedPassword: string | null }> {
    const row = await this.#findRow(ADMIN_USERNAME);
    if (this.#credentials.weakness !== null) this.#log.warn(this.#credentials.weakness);
    const isStored = row !== undefined && row.password_hash !== null;
    const password =
      isStored || this.#credentials.environmentHasPassword ? null : makePassword(this.#random);
    if (row !== undefined && password === null) return { generatedPassword: null };
    const passwordHash = password === null ? null : await this.#passwords.hash(password);
    const isOurs = await this.#claimAdministrator(passwordHash);
    return { generatedPassword: isOurs ? password : null };
  }

  /** Whether the environment sets this account's password, so that nothing here can change it. */
  passwordIsFromEnvironment(user: { readonly username: string }): boolean {
    return this.#credentials.isFromEnvironment(user);
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

  /** The account, if `actor` may set its password and anything here can. */
  #settable(actor: Actor, row: UserRow | undefined): UserRow {
    if (row === undefined || !may(actor, "user.set_password", { ownerId: row.id })) {
      throw new Problem("not_found", "There is no such account.");
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
      return numUpdatedRows === 1n;
    });
  }

  async #insert(account: NewAccount): Promise<User> {
    try {
      return await this.#database.write(async (trx) => {
        const query = trx.insertInto("user").values(this.#valuesOf(account)).returningAll();
        return userFrom(await query.executeTakeFirstOrThrow());
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw invalid("username", "This user name is taken.");
      throw error;
    }
  }

  /** Of processes that start at once, exactly one gets true: its password is the one that is kept. */
  async #claimAdministrator(passwordHash: string | null): Promise<boolean> {
    const values = this.#valuesOf({
      username: ADMIN_USERNAME,
      displayName: "Administrator",
      role: "administrator",
      passwordHash,
    });
    return await this.#database.write(async (trx) => {
      const insert = trx
        .insertInto("user")
        .values(values)
        .onConflict((on) => on.doNothing());
      const { numInsertedOrUpdatedRows } = await insert.executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return true;
      const update = trx.updateTable("user").set({ password_hash: passwordHash });
      const { numUpdatedRows } = await update
        .where(sql`lower(username)`, "=", ADMIN_USERNAME)
        .where("password_hash", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }

  #valuesOf({ username, displayName, role, passwordHash }: NewAccount) {
    return {
      username,
      display_name: displayName,
      role,
      password_hash: passwordHash,
      disabled: 0,
      created_at: this.#clock(),
    } as const;
  }
}

interface NewAccount {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly passwordHash: string | null;
}

export function userFrom(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    role: row.role,
    disabled: row.disabled === 1,
    theme: row.theme,
    markdownTheme: row.markdown_theme,
    timeZone: row.time_zone,
    createdAt: row.created_at,
  };
}
