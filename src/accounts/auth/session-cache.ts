import type { Database } from "../../database/database.ts";
import type { SignedIn } from "./session.ts";

/** Sessions in memory; with more of them all are read again. */
const MOST = 1000;

/**
 * Sessions that were brought lately, by their ids, for as long as no account and no session changes, by whichever
 * process (see os/change-counters.ts). Holds nothing where such changes are not followed.
 */
export class SessionCache {
  readonly #database: Pick<Database, "changes" | "accountsBucket">;
  readonly #sessions = new Map<string, SignedIn>();
  /** At which all of them were read. */
  #version: number | null = null;

  constructor(database: Pick<Database, "changes" | "accountsBucket">) {
    this.#database = database;
  }

  get(id: string): SignedIn | undefined {
    return this.#isCurrent(this.#version) ? this.#sessions.get(id) : undefined;
  }

  /** The version before a session is read; null while changes are under way. */
  readVersion(): number | null {
    const { changes, accountsBucket } = this.#database;
    return accountsBucket === null ? null : changes.readVersion(accountsBucket);
  }

  /** Keeps a session that was read at `version`, unless accounts or sessions have changed since. */
  keep(id: string, session: SignedIn, version: number | null): void {
    if (!this.#isCurrent(version)) return;
    if (version !== this.#version || this.#sessions.size >= MOST) this.#sessions.clear();
    this.#version = version;
    this.#sessions.set(id, session);
  }

  #isCurrent(version: number | null): boolean {
    const { changes, accountsBucket } = this.#database;
    if (accountsBucket === null || version === null) return false;
    return changes.isCurrent(accountsBucket, version);
  }
}
