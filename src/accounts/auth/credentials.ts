import { hash, timingSafeEqual } from "node:crypto";
import type { ExactLimit } from "../../limits/exact-limit.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { ADMIN_USERNAME } from "../user.ts";
import { type Passwords, parseNewPassword } from "./passwords.ts";

export interface CredentialsParts {
  readonly passwords: Passwords;
  readonly signInLimit: ExactLimit;
  readonly adminPassword: string;
  /** Returns names of the site that are too easy to guess as passwords. */
  readonly siteNames: () => readonly string[];
  /** Returns the most iterations of an imported password hash that is still stored; 0: there are none. */
  readonly mostIterations: () => Promise<number>;
}

/** The columns of an account that authentication needs. */
export interface Holder {
  readonly username: string;
  readonly password_hash: string | null;
}

/** Checks passwords against the stored hash or, for the administrator, the password from the environment. */
export class Credentials {
  readonly #passwords: Passwords;
  readonly #limit: ExactLimit;
  readonly #adminPassword: string;
  readonly #siteNames: () => readonly string[];
  readonly #mostIterations: () => Promise<number>;

  constructor(parts: CredentialsParts) {
    this.#passwords = parts.passwords;
    this.#limit = parts.signInLimit;
    this.#adminPassword = parts.adminPassword;
    this.#siteNames = parts.siteNames;
    this.#mostIterations = parts.mostIterations;
  }

  isFromEnvironment({ username }: { readonly username: string }): boolean {
    return this.#adminPassword !== "" && username.toLowerCase() === ADMIN_USERNAME;
  }

  get weakness(): string | null {
    if (this.#adminPassword === "") return null;
    try {
      this.parseNew(this.#adminPassword, { field: "password", username: ADMIN_USERNAME });
      return null;
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      return text.password.weak(thrown.message);
    }
  }

  /**
   * Checks a new password of the user.
   * @throws Problem `invalid` on `field`
   */
  parseNew(password: string, { field, username }: { field: string; username: string }): string {
    return parseNewPassword(password, { field, username, siteNames: this.#siteNames() });
  }

  /** Returns the credential as it is stored: the hash, or the plain password from the environment. */
  of(holder: Holder): string {
    if (this.isFromEnvironment(holder)) return this.#adminPassword;
    return holder.password_hash ?? "";
  }

  /**
   * Returns the holder's password if `typed` is that, or that with whitespace around it; null otherwise, and without a
   * holder. Only wrong passwords count against the limit of `key`, but each is counted before it is checked: parallel
   * guesses must not slip through while checks run.
   * @throws Problem `too_many`
   */
  async guess(key: string, holder: Holder | undefined, typed: string): Promise<string | null> {
    const verdict = await this.#limit.take(key);
    if (!verdict.allowed) throw tooManyGuesses(this.#limit, verdict.retryAfterSeconds);
    try {
      const password = await this.#match(holder, typed);
      if (password !== null) await this.#limit.reset(key);
      return password;
    } catch (thrown) {
      await this.#limit.giveBack(key).catch(() => {}); // the database is away, as it is for others
      throw thrown;
    }
  }

  /** The original trimmed passwords, so imported users may type theirs with whitespace. How long it takes shows nothing. */
  async #match(holder: Holder | undefined, typed: string): Promise<string | null> {
    const mostIterations = await this.#mostIterations();
    for (const password of new Set([typed, typed.trim()]))
      if (await this.#isPassword(holder, password, mostIterations)) return password;
    return null;
  }

  /** Always takes the same checks: otherwise the time would reveal which accounts exist, or were imported. */
  async #isPassword(
    holder: Holder | undefined,
    password: string,
    mostIterations: number,
  ): Promise<boolean> {
    if (holder !== undefined && this.isFromEnvironment(holder)) {
      await this.#passwords.verify(password, this.#passwords.decoyHash, mostIterations);
      return isSameText(password, this.#adminPassword);
    }
    const stored = holder?.password_hash ?? this.#passwords.decoyHash;
    return await this.#passwords.verify(password, stored, mostIterations);
  }
}

function tooManyGuesses({ name, perMinute }: ExactLimit, retryAfterSeconds: number): Problem {
  const message = text.signIn.tooManyWrong(retryAfterSeconds);
  return new Problem("too_many", message, { retryAfterSeconds, limit: { name, perMinute } });
}

/** Compares digests: a comparison in constant time needs equal lengths. */
function isSameText(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
