import type { Audit } from "../audit/audit.ts";
import type { Clock, Random } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { isUniqueViolation } from "../database/database-errors.ts";
import { findUserByName } from "../database/user-by-name.ts";
import type { Blobs } from "../files/blobs.ts";
import type { ExactLimit } from "../limits/exact-limit.ts";
import type { RateLimit } from "../limits/rate-limit.ts";
import { networkOf } from "../os/ip-network.ts";
import { parseInput } from "../parse-input.ts";
import { type Actor, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { aboutUser } from "./account-audit.ts";
import { Credentials } from "./auth/credentials.ts";
import { generatePassword } from "./auth/generate-password.ts";
import { findMostIterations } from "./auth/old-password-hash.ts";
import { changeCredential, insertUser, replaceHash, setFirstHash } from "./auth/password-rows.ts";
import type { Passwords } from "./auth/passwords.ts";
import { requireNewName } from "./reserved-names.ts";
import { text } from "./text.en.ts";
import { ADMIN_USERNAME, choosesForTheSite, type User } from "./user.ts";
import {
  type NewUser,
  newUserRow,
  noSuchAccount,
  type UserRow,
  userFrom,
  writePreferences,
} from "./user-rows.ts";
import {
  type NewUserInput,
  newUserSchema,
  type Preferences,
  preferencesSchema,
} from "./user-schema.ts";

export interface UsersParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly passwords: Passwords;
  /** Counts wrong passwords. */
  readonly signInLimit: ExactLimit;
  /** Limits how many refused sign-ins of one network are audited; the others are only logged. */
  readonly refusalLimit: RateLimit;
  /** The administrator's password from the environment; empty: the stored one is valid. */
  readonly adminPassword: string;
  /** Returns names of the site, which are refused as passwords. */
  readonly siteNames: () => readonly string[];
}

/** Accounts, their passwords and signing in. */
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
    this.#credentials = new Credentials({
      ...parts,
      mostIterations: () => findMostIterations(parts.database.lookup),
    });
    this.#refusalLimit = parts.refusalLimit;
  }

  /**
   * Creates an account.
   * @throws Problem `forbidden`, `invalid` on `username`, `password`, `display_name` or `role`
   */
  async create(actor: Actor, input: NewUserInput): Promise<User> {
    if (!may(actor, "user.create")) throw new Problem("forbidden", text.access.mayNotCreate);
    const {
      username,
      role = "user",
      mustChangePassword = false,
      ...given
    } = parseInput(newUserSchema, input);
    const password = this.#credentials.parseNew(given.password, { field: "password", username });
    await requireNewName(this.#database, this.#blobs, username);
    const passwordHash = await this.#passwords.hash(password);
    const displayName = given.displayName ?? username;
    const createdAt = this.#clock();
    const user = { username, displayName, role, passwordHash, mustChangePassword, createdAt };
    return await this.#insert(actor, user);
  }

  async findById(id: number): Promise<User | null> {
    const row = await this.#rows().where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : userFrom(row);
  }

  /** Whether there are several accounts, disabled ones included. */
  async areSeveral(): Promise<boolean> {
    return (await this.#rows().limit(2).execute()).length > 1;
  }

  /** Returns the user of that name, in any case. */
  async findByUsername(username: string): Promise<User | null> {
    const row = await this.#findRow(username);
    return row === undefined ? null : userFrom(row);
  }

  /**
   * Returns the user if the password is right. A blank username is the administrator's.
   * @throws Problem `unauthenticated`, the same and after the same work for every cause; `too_many`
   */
  async signIn(input: { username: string; password: string; address: string }): Promise<User> {
    const username = input.username.trim() || ADMIN_USERNAME;
    const found = await this.#findRow(username);
    const row = found?.disabled === 1 ? undefined : found;
    const key = `${networkOf(input.address)} ${username.toLowerCase().slice(0, 200)}`;
    const password = await this.#credentials.guess(key, row, input.password);
    if (row === undefined || password === null) {
      await this.#noteRefusal(found, input.address);
      throw new Problem("unauthenticated", text.signIn.wrong);
    }
    await this.#noteSignIn(row, input.address);
    await this.#strengthen(row, password);
    return userFrom(row);
  }

  /**
   * Whether `password` is that of the user, who is signed in.
   * @throws Problem `too_many`
   */
  async isPasswordOf(userId: number, password: string): Promise<boolean> {
    const row = await this.#rows().where("id", "=", userId).executeTakeFirst();
    return (await this.#credentials.guess(`password:${userId}`, row, password)) !== null;
  }

  /**
   * Changes the password of a user who knows the current one. Their sessions end.
   * @throws Problem `not_found`, `forbidden`, `invalid` on `current_password` or `new_password`, `too_many`
   */
  async changePassword(
    actor: Actor,
    userId: number,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  ): Promise<void> {
    const row = await this.#rows().where("id", "=", userId).executeTakeFirst();
    const user = this.#settable(may(actor, "user.change_password", { ownerId: userId }), row);
    const parsed = this.#credentials.parseNew(newPassword, {
      field: "new_password",
      username: user.username,
    });
    const key = `password:${userId}`;
    const current = await this.#credentials.guess(key, user, currentPassword);
    if (current !== null && user.must_change_password === 1 && parsed === current)
      throw invalid("new_password", text.password.isOneTime);
    const isChanged = current !== null && (await this.#replaceHash(actor, user, parsed));
    if (!isChanged) throw invalid("current_password", text.password.currentIsWrong);
    this.#log.info({ account: user.username }, "password changed");
  }

  /**
   * Sets a password without the current one. The sessions of the account end.
   * @throws Problem `not_found`, `forbidden`, `invalid` on `new_password`
   */
  async setPassword(actor: Actor, username: string, newPassword: string): Promise<void> {
    const user = this.#settable(may(actor, "user.set_password"), await this.#findRow(username));
    const parsed = this.#credentials.parseNew(newPassword, {
      field: "new_password",
      username: user.username,
    });
    await this.#setHash(actor, user, parsed, { isOneTime: false });
  }

  /**
   * Sets and returns a password that must be changed at the next sign-in. The sessions of the account end.
   * @throws Problem `not_found`, `forbidden`
   */
  async createOneTimePassword(actor: Actor, username: string): Promise<string> {
    const user = this.#settable(may(actor, "user.set_password"), await this.#findRow(username));
    const password = generatePassword(this.#random);
    await this.#setHash(actor, user, password, { isOneTime: true });
    return password;
  }

  /**
   * Changes what users choose for themselves.
   * @throws Problem `not_found`, `invalid`; `forbidden` for themes of the account whose choice is the site's
   */
  async changePreferences(actor: Actor, userId: number, input: Preferences): Promise<void> {
    const row = await this.#rows().where("id", "=", userId).executeTakeFirst();
    if (row === undefined || !may(actor, "user.change_preferences", { ownerId: userId })) {
      throw noSuchAccount();
    }
    const preferences = parseInput(preferencesSchema, input);
    const { theme, markdownTheme } = preferences;
    if (choosesForTheSite(row) && (theme ?? markdownTheme ?? null) !== null) {
      throw new Problem("forbidden", text.preferences.themesAreTheSites);
    }
    if (Object.keys(preferences).length === 0) return;
    await this.#database.write((trx, touch) => writePreferences(trx, touch, userId, preferences));
  }

  /** Creates the administrator's account without a password if it is missing; returns whether it was. */
  async ensureAdministrator(): Promise<boolean> {
    if ((await this.#findRow(ADMIN_USERNAME)) !== undefined) return false;
    const values = newUserRow({
      username: ADMIN_USERNAME,
      displayName: text.administrator,
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
   * Sets and returns the administrator's first password; null if the environment or the database has one.
   */
  async createFirstPassword(): Promise<string | null> {
    const row = await this.#findRow(ADMIN_USERNAME);
    if (row === undefined || row.password_hash !== null) return null;
    if (this.passwordIsFromEnvironment(row)) return null;
    const password = generatePassword(this.#random);
    const passwordHash = await this.#passwords.hash(password);
    const isOurs = await this.#database.write((trx) => setFirstHash(trx, row.id, passwordHash));
    return isOurs ? password : null;
  }

  /** Whether the environment sets this account's password, so that it cannot be changed here. */
  passwordIsFromEnvironment(user: { readonly username: string }): boolean {
    return this.#credentials.isFromEnvironment(user);
  }

  /** Why the password from the environment is weak; null if it is not, or none is set. */
  get adminPasswordWeakness(): string | null {
    return this.#credentials.weakness;
  }

  /** Returns what seals the sessions of this account: when it changes, they end. */
  credentialOf(row: UserRow): string {
    return this.#credentials.of(row);
  }

  #rows() {
    return this.#database.lookup.selectFrom("user").selectAll();
  }

  async #findRow(username: string): Promise<UserRow | undefined> {
    return await findUserByName(this.#database.lookup, username);
  }

  /** Returns the account if the actor may set its password and the environment does not. */
  #settable(isAllowed: boolean, row: UserRow | undefined): UserRow {
    if (row === undefined || !isAllowed) throw noSuchAccount();
    if (this.passwordIsFromEnvironment(row)) {
      throw new Problem("forbidden", text.password.fromEnvironment);
    }
    return row;
  }

  /** Returns false if the stored hash is no longer the one that was read: a concurrent change won. */
  async #replaceHash(actor: Actor, user: UserRow, password: string): Promise<boolean> {
    const after = await this.#passwords.hash(password);
    return await this.#database.write(async (trx) => {
      if (!(await replaceHash(trx, user, after))) return false;
      await changeCredential(trx, user.id, { must_change_password: 0 });
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
      await changeCredential(trx, user.id, columns);
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

  /** Does not store what was typed as the name of an unknown account: it may be a password. */
  async #noteRefusal(found: UserRow | undefined, address: string): Promise<void> {
    this.#log.warn({ account: found?.username ?? null, address }, "sign-in refused");
    if (!this.#refusalLimit.take(networkOf(address)).allowed) return;
    const action = "user.sign_in_refused";
    const event =
      found === undefined ? ({ action, resource: "" } as const) : aboutUser(action, found);
    await this.#audit.note({ is: "visitor", address }, event).catch((error: unknown) => {
      this.#log.warn({ err: error }, "refused sign-in not audited");
    });
  }

  /** Renews a hash of weaker parameters; if that fails, the next sign-in tries again. */
  async #strengthen(row: UserRow, password: string): Promise<void> {
    if (row.password_hash === null || !this.#passwords.needsRehash(row.password_hash)) return;
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
        const created = await insertUser(trx, user);
        const event = aboutUser("user.created", created, { role: created.role });
        await this.#audit.record(trx, actor, event);
        return created;
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw invalid("username", text.username.taken);
      throw error;
    }
  }
}
