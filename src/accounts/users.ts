import type { Audit } from "../audit/audit.ts";
import type { Clock, Random } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { isUniqueViolation } from "../database/database-errors.ts";
import type { Blobs } from "../files/blobs.ts";
import type { RateLimit } from "../limits/rate-limit.ts";
import { networkOf } from "../os/ip-network.ts";
import { type Actor, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { aboutUser } from "./account-audit.ts";
import { Credentials } from "./auth/credentials.ts";
import { changeProof, insertUser, replaceHash, setFirstHash } from "./auth/password-rows.ts";
import { makePassword, needsRehash, type Passwords, parseNewPassword } from "./auth/passwords.ts";
import { requireNewName } from "./reserved-names.ts";
import {
  ADMIN_DISPLAY_NAME,
  ADMIN_USERNAME,
  choosesForTheSite,
  type Preferences,
  parseDisplayName,
  parseUsername,
  type Role,
  type User,
} from "./user.ts";
import {
  findNamed,
  type NewUser,
  newUserRow,
  noSuchAccount,
  preferenceColumns,
  type UserRow,
  userFrom,
} from "./user-rows.ts";

export interface UsersParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly passwords: Passwords;
  /** Counts wrong passwords. */
  readonly signInLimit: RateLimit;
  /** How many refused sign-ins of one network are recorded; the others are in the log alone. */
  readonly refusalLimit: RateLimit;
  /** The administrator's password as the environment sets it; empty: the stored one holds. */
  readonly adminPassword: string;
}

/** Accounts, and proving who one is. */
export class Users {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #passwords: Passwords;
  readonly #credentials: Credentials;
  readonly #refusalLimit: RateLimit;

  constructor(parts: UsersParts) {
    this.#database = parts.database;
    this.#audit = parts.audit;
    this.#blobs = parts.blobs;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#log = parts.log;
    this.#passwords = parts.passwords;
    this.#credentials = new Credentials(parts);
    this.#refusalLimit = parts.refusalLimit;
  }

  /**
   * Makes an account.
   * @throws Problem `forbidden`, `invalid` on `username`, `password` or `display_name`
   */
  async create(
    actor: Actor,
    input: {
      username: string;
      password: string;
      displayName?: string;
      role?: Role;
      mustChangePassword?: boolean;
    },
  ): Promise<User> {
    if (!may(actor, "user.create")) {
      throw new Problem("forbidden", "Only an administrator can make accounts.");
    }
    const username = parseUsername(input.username);
    const password = parseNewPassword(input.password, { field: "password", username });
    const displayName = parseDisplayName(input.displayName ?? "") || username;
    await requireNewName(this.#database, this.#blobs, username);
    const passwordHash = await this.#passwords.hash(password);
    const role = input.role ?? "user";
    const { mustChangePassword = false } = input;
    const createdAt = this.#clock();
    const user = { username, displayName, role, passwordHash, mustChangePassword, createdAt };
    return await this.#insert(actor, user);
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
    if (row === undefined || !isRight) {
      await this.#noteRefusal(found, input.address);
      throw new Problem("unauthenticated", "Wrong user name or password.");
    }
    await this.#noteSignIn(row, input.address);
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
    const user = this.#settable(may(actor, "user.change_password", { ownerId: userId }), row);
    const parsed = parseNewPassword(newPassword, {
      field: "new_password",
      username: user.username,
    });
    const key = `password of ${userId}`;
    const isRight = await this.#credentials.guess(key, user, currentPassword);
    if (isRight && user.must_change_password === 1 && parsed === currentPassword)
      throw invalid("new_password", "This is the one-time password. Choose another.");
    const isChanged = isRight && (await this.#replaceHash(actor, user, parsed));
    if (!isChanged) throw invalid("current_password", "This is not the current password.");
    this.#log.info({ account: user.username }, "password changed");
  }

  /**
   * Sets a password without the current one. Sessions made under the old one end.
   * @throws Problem `not_found`, `forbidden`, `invalid` on `new_password`
   */
  async setPassword(actor: Actor, username: string, newPassword: string): Promise<void> {
    const user = this.#settable(may(actor, "user.set_password"), await this.#findRow(username));
    const parsed = parseNewPassword(newPassword, {
      field: "new_password",
      username: user.username,
    });
    await this.#setHash(actor, user, parsed, { isOneTime: false });
  }

  /** A password of 100 random bits, for an account that is to be made. */
  makePassword(): string {
    return makePassword(this.#random);
  }

  /**
   * Sets a password that must be changed at the first sign-in, and gives it this once. Sessions end.
   * @throws Problem `not_found`, `forbidden`
   */
  async makeOneTimePassword(actor: Actor, username: string): Promise<string> {
    const user = this.#settable(may(actor, "user.set_password"), await this.#findRow(username));
    const password = makePassword(this.#random);
    await this.#setHash(actor, user, password, { isOneTime: true });
    return password;
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
      displayName: ADMIN_DISPLAY_NAME,
      role: "administrator",
      passwordHash: null,
      mustChangePassword: false,
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
    const passwordHash = await this.#passwords.hash(password);
    const isOurs = await this.#database.write((trx) => setFirstHash(trx, row.id, passwordHash));
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
    return await findNamed(this.#database.lookup, username);
  }

  /** The account, if the actor may set its password and the environment does not. */
  #settable(isAllowed: boolean, row: UserRow | undefined): UserRow {
    if (row === undefined || !isAllowed) throw noSuchAccount();
    if (this.passwordIsFromEnvironment(row)) {
      throw new Problem(
        "forbidden",
        "This password is set by the environment (TRUNK8_ADMIN_PASSWORD).",
      );
    }
    return row;
  }

  /** False when the hash is no longer the one that was read: someone else was faster. */
  async #replaceHash(actor: Actor, user: UserRow, password: string): Promise<boolean> {
    const after = await this.#passwords.hash(password);
    return await this.#database.write(async (trx) => {
      if (!(await replaceHash(trx, user, after))) return false;
      await changeProof(trx, user.id, { must_change_password: 0 });
      await this.#audit.record(trx, actor, aboutUser("user.password_changed", user));
      return true;
    });
  }

  async #setHash(
    actor: Actor,
    user: UserRow,
    password: string,
    { isOneTime }: { isOneTime: boolean },
  ): Promise<void> {
    const columns = {
      password_hash: await this.#passwords.hash(password),
      must_change_password: isOneTime ? 1 : 0,
    } as const;
    await this.#database.write(async (trx) => {
      await changeProof(trx, user.id, columns);
      const event = aboutUser("user.password_set", user, { oneTime: isOneTime });
      await this.#audit.record(trx, actor, event);
    });
    this.#log.info({ account: user.username }, "password set");
  }

  async #noteSignIn(row: UserRow, address: string): Promise<void> {
    this.#log.info({ account: row.username, address }, "signed in");
    const { id: userId, username, role } = row;
    const actor = { is: "user", userId, username, role, address } as const;
    await this.#audit.note(actor, aboutUser("user.signed_in", row));
  }

  /** What was typed as the name of no account is not kept: it may be a password. */
  async #noteRefusal(found: UserRow | undefined, address: string): Promise<void> {
    this.#log.warn({ account: found?.username ?? null, address }, "sign-in refused");
    if (!this.#refusalLimit.take(networkOf(address)).allowed) return;
    const action = "user.sign_in_refused";
    const event =
      found === undefined ? ({ action, resource: "" } as const) : aboutUser(action, found);
    await this.#audit.note({ is: "visitor", address }, event).catch((error: unknown) => {
      this.#log.warn({ err: error }, "refusal not recorded");
    });
  }

  /** Renews a hash made with weaker parameters; if that fails, the next sign-in tries again. */
  async #strengthen(row: UserRow, password: string): Promise<void> {
    if (row.password_hash === null || !needsRehash(row.password_hash)) return;
    if (this.passwordIsFromEnvironment(row)) return;
    try {
      const stronger = await this.#passwords.hash(password);
      await this.#database.write((trx) => replaceHash(trx, row, stronger));
    } catch (error) {
      this.#log.warn({ err: error, account: row.username }, "password hash not renewed");
    }
  }

  async #insert(actor: Actor, user: NewUser): Promise<User> {
    try {
      return await this.#database.write(async (trx) => {
        const made = await insertUser(trx, user);
        const event = aboutUser("user.created", made, { role: made.role });
        await this.#audit.record(trx, actor, event);
        return made;
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw invalid("username", "This user name is taken.");
      throw error;
    }
  }
}
