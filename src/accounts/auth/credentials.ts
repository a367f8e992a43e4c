import { hash, timingSafeEqual } from "node:crypto";
import type { RateLimit } from "../../limits/rate-limit.ts";
import { Problem } from "../../problem.ts";
import { ADMIN_USERNAME } from "../user.ts";
import { DECOY_HASH, type Passwords, parseNewPassword } from "./passwords.ts";

export interface CredentialsParts {
  readonly passwords: Passwords;
  readonly signInLimit: RateLimit;
  readonly adminPassword: string;
}

/** Of an account's row, what is needed to prove that one is it. */
export interface Holder {
  readonly username: string;
  readonly password_hash: string | null;
}

/** What proves an account: its stored hash or, for the administrator, the environment's password. */
export class Credentials {
  readonly #passwords: Passwords;
  readonly #limit: RateLimit;
  readonly #adminPassword: string;

  constructor({ passwords, signInLimit, adminPassword }: CredentialsParts) {
    this.#passwords = passwords;
    this.#limit = signInLimit;
    this.#adminPassword = adminPassword;
  }

  isFromEnvironment({ username }: { readonly username: string }): boolean {
    return this.#adminPassword !== "" && username.toLowerCase() === ADMIN_USERNAME;
  }

  get weakness(): string | null {
    if (this.#adminPassword === "") return null;
    try {
      parseNewPassword(this.#adminPassword, { field: "password", username: ADMIN_USERNAME });
      return null;
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      return `TRUNK8_ADMIN_PASSWORD is weak. ${thrown.message}`;
    }
  }

  /** The account's proof as it is kept: its hash, or the environment's password as it is. */
  of(holder: Holder): string {
    if (this.isFromEnvironment(holder)) return this.#adminPassword;
    return holder.password_hash ?? "";
  }

  /**
   * Whether `password` is the holder's; never, when there is no holder. Only wrong ones count against `key`, yet
   * each is counted before it is checked: a flood must not slip through while checks are under way.
   * @throws Problem `too_many`
   */
  async guess(key: string, holder: Holder | undefined, password: string): Promise<boolean> {
    const verdict = this.#limit.take(key);
    if (!verdict.allowed) throw tooManyGuesses(this.#limit, verdict.retryAfterSeconds);
    try {
      const isRight = await this.#isPassword(holder, password);
      if (isRight) this.#limit.reset(key);
      return isRight;
    } catch (thrown) {
      this.#limit.giveBack(key);
      throw thrown;
    }
  }

  /** One argon2 check whoever it is, or the time would tell which accounts exist. */
  async #isPassword(holder: Holder | undefined, password: string): Promise<boolean> {
    if (holder !== undefined && this.isFromEnvironment(holder)) {
      await this.#passwords.verify(password, DECOY_HASH);
      return isSameText(password, this.#adminPassword);
    }
    return await this.#passwords.verify(password, holder?.password_hash ?? DECOY_HASH);
  }
}

function tooManyGuesses({ name, perMinute }: RateLimit, retryAfterSeconds: number): Problem {
  const message = `Too many wrong passwords. Try again in ${retryAfterSeconds} seconds.`;
  return new Problem("too_many", message, { retryAfterSeconds, limit: { name, perMinute } });
}

/** Digests have one length, which is what a comparison in constant time needs. */
function isSameText(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
