import type { Database } from "../../database/database.ts";

/** Credentials in memory; with more of them all are read again. */
const MOST = 1000;

/**
 * Sessions, or API keys, that were brought lately, by their ids, for as long as no account, session or key changes, by
 * whichever process (see os/change-counters.ts). Holds nothing where such changes are not followed.
 */
export class CredentialCache<Found> {
  readonly #database: Pick<Database, "changes" | "accountsBucket">;
  readonly #known = new Map<string, Found>();
  /** At which all of them were read. */
  #version: number | null = null;

  constructor(database: Pick<Database, "changes" | "accountsBucket">) {
    this.#database = database;
  }

  get(id: string): Found | undefined {
    return this.#isCurrent(this.#version) ? this.#known.get(id) : undefined;
  }

  /** The version before a credential is read; null while changes are under way. */
  readVersion(): number | null {
    const { changes, accountsBucket } = this.#database;
    return accountsBucket === null ? null : changes.readVersion(accountsBucket);
  }

  /** Keeps one that was read at `version`, unless accounts, sessions or keys have changed since. */
  keep(id: string, found: Found, version: number | null): void {
    if (!this.#isCurrent(version)) return;
    if (version !== this.#version || this.#known.size >= MOST) this.#known.clear();
    this.#version = version;
    this.#known.set(id, found);
  }

  #isCurrent(version: number | null): boolean {
    const { changes, accountsBucket } = this.#database;
    if (accountsBucket === null || version === null) return false;
    return changes.isCurrent(accountsBucket, version);
  }
}
