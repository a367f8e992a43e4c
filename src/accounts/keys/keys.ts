import { sql } from "kysely";
import type { Audit } from "../../audit/audit.ts";
import type { Clock, Random } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { lookUp, prepare } from "../../database/prepared.ts";
import { parseInput } from "../../parse-input.ts";
import { type Actor, may, scopes as scopesByRole } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import { aboutUser } from "../account-audit.ts";
import { CredentialCache } from "../auth/credential-cache.ts";
import { text } from "../text.en.ts";
import type { User } from "../user.ts";
import { noSuchAccount, type UserRow, userFrom } from "../user-rows.ts";
import {
  type ApiKey,
  type KeyHolder,
  type KeyRow,
  keyColumns,
  keyFrom,
  keyRow,
  type LastUse,
  statusOfKey,
} from "./api-key.ts";
import { type NewKeyInput, newKeySchema } from "./key-schema.ts";
import { beginningOf, hashOf, isKey, makeKey } from "./key-secret.ts";

/** Keys that an account may have at a time. */
export const MAX_KEYS = 100;

/** Keys that are listed at once, of all accounts. */
const LISTED = 200;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** How exact the time of last use is: each note of it is a write. */
const NOTED_MS = 5 * MINUTE_MS;

/** How long a key that has ended is listed, and refused by its reason. */
const KEPT_MS = 30 * DAY_MS;

/** After how long without use a key is doubtful. */
const UNUSED_MS = 365 * DAY_MS;

/** How many keys that are not revoked have expired, have a disabled owner, or were not used for a year. */
export interface DoubtfulKeys {
  readonly expired: number;
  readonly ofDisabled: number;
  readonly unused: number;
}

export interface KeysParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Keys the hashes, as those of sessions: a new one ends all keys, too. */
  readonly secretKey: string;
}

/** A key and its owner's name. */
export type OwnedKey = ApiKey & { readonly username: string };

/** API keys: credentials for programs. The key itself is never stored, only its hash. */
export class Keys {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #secretKey: string;
  readonly #recent: CredentialCache<KeyHolder>;
  /** Ids of the keys whose last use is being written: one write serves concurrent requests. */
  readonly #notingUse = new Set<number>();

  constructor(parts: KeysParts) {
    this.#database = parts.database;
    this.#audit = parts.audit;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#log = parts.log;
    this.#secretKey = parts.secretKey;
    this.#recent = new CredentialCache(parts.database);
  }

  /**
   * Creates a key of a user. `secret` is the key itself: it is shown once and never again.
   * @throws Problem `forbidden`, `invalid` on `name`, `scopes`, `kinds` or `expires_at`
   */
  async create(
    actor: Actor,
    { id: userId }: Pick<User, "id">,
    input: NewKeyInput,
  ): Promise<{ key: ApiKey; secret: string }> {
    if (!may(actor, "key.create", { ownerId: userId }))
      throw new Problem("forbidden", text.key.mayNotCreate);
    const { name, scopes, kinds = null, expiresAt = null } = parseInput(newKeySchema, input);
    const createdAt = this.#clock();
    if (expiresAt !== null && expiresAt <= createdAt)
      throw invalid("expires_at", text.key.expiryInvalid);
    const secret = makeKey(this.#random);
    const beginning = beginningOf(secret);
    const key = { userId, beginning, name, scopes, kinds, createdAt, expiresAt };
    return await this.#database.write(async (trx) => {
      const owner = await this.#requireOwner(trx, key);
      const row = keyRow(key, hashOf(secret, this.#secretKey));
      const { id } = await trx
        .insertInto("api_key")
        .values(row)
        .returning("id")
        .executeTakeFirstOrThrow();
      const details = { key: beginning, name, scopes: row.scopes };
      await this.#audit.record(trx, actor, aboutUser("key.created", owner, details));
      return { key: { ...key, id, revokedAt: null, lastUse: null }, secret };
    });
  }

  /**
   * Returns the holder of a key as they are now.
   * @param use the program of the request
   * @throws Problem `unauthenticated`
   */
  async find(secret: string, use: Omit<LastUse, "at">): Promise<KeyHolder> {
    if (!isKey(secret)) throw new Problem("unauthenticated", text.key.invalid);
    const hash = hashOf(secret, this.#secretKey);
    const found = this.#recent.get(hash) ?? (await this.#read(hash));
    if (found === null || found.user.disabled)
      throw new Problem("unauthenticated", text.key.invalid);
    const status = statusOfKey(found.key, this.#clock());
    if (status !== "active") throw new Problem("unauthenticated", text.key[status]);
    this.#noteUse(found, use);
    return found;
  }

  /**
   * Returns the keys of a user, the newest first.
   * @throws Problem `forbidden`
   */
  async list(actor: Actor, userId: number): Promise<ApiKey[]> {
    if (!may(actor, "key.list", { ownerId: userId }))
      throw new Problem("forbidden", text.key.mayNotList);
    const query = this.#database.read.selectFrom("api_key").select(keyColumns);
    const rows = await query.where("user_id", "=", userId).orderBy("id", "desc").execute();
    return rows.map(keyFrom);
  }

  /**
   * Returns keys of all users, the newest first, and the `after` of the next page.
   * @throws Problem `forbidden`
   */
  async listAll(actor: Actor, after?: number): Promise<{ keys: OwnedKey[]; next: number | null }> {
    if (!may(actor, "key.list_all")) throw new Problem("forbidden", text.key.mayNotList);
    const all = this.#database.read
      .selectFrom("api_key")
      .innerJoin("user", "user.id", "api_key.user_id")
      .select([...keyColumns, "user.username"])
      .orderBy("api_key.id", "desc")
      .limit(LISTED + 1);
    const rows = await (after === undefined ? all : all.where("api_key.id", "<", after)).execute();
    const keys = rows.slice(0, LISTED).map((row) => ({ ...keyFrom(row), username: row.username }));
    return { keys, next: rows.length > LISTED ? (keys.at(-1)?.id ?? null) : null };
  }

  /**
   * Returns a key.
   * @throws Problem `not_found`
   */
  async get(actor: Actor, id: number): Promise<OwnedKey> {
    const key = await findOwned(this.#database.lookup, id);
    if (key !== null && may(actor, "key.list", { ownerId: key.userId })) return key;
    throw noSuchKey();
  }

  /**
   * Revokes a key: it is refused from the next request on. One that has been revoked stays so.
   * @throws Problem `not_found`
   */
  async revoke(actor: Actor, id: number): Promise<OwnedKey> {
    return await this.#database.write(async (trx) => {
      const key = await findOwned(trx, id);
      if (key === null || !may(actor, "key.revoke", { ownerId: key.userId })) throw noSuchKey();
      if (key.revokedAt !== null) return key;
      const revokedAt = this.#clock();
      const query = trx.updateTable("api_key").set({ revoked_at: revokedAt });
      await query.where("id", "=", id).execute();
      const owner = { id: key.userId, username: key.username };
      const details = { key: key.beginning, name: key.name };
      await this.#audit.record(trx, actor, aboutUser("key.revoked", owner, details));
      return { ...key, revokedAt };
    });
  }

  /** Counts keys that need a look; one can be of several kinds. */
  async countDoubtful(): Promise<DoubtfulKeys> {
    const now = this.#clock();
    const lastUse = sql<number>`coalesce(last_used_at, api_key.created_at)`;
    const row = await this.#database.scan
      .selectFrom("api_key")
      .innerJoin("user", "user.id", "api_key.user_id")
      .where("revoked_at", "is", null)
      .select(({ fn }) => [
        fn.countAll<number>().filterWhere("expires_at", "<=", now).as("expired"),
        fn.countAll<number>().filterWhere("user.disabled", "=", 1).as("ofDisabled"),
        fn
          .countAll<number>()
          .filterWhere(lastUse, "<", now - UNUSED_MS)
          .as("unused"),
      ])
      .executeTakeFirstOrThrow();
    const { expired, ofDisabled, unused } = row;
    return { expired: Number(expired), ofDisabled: Number(ofDisabled), unused: Number(unused) };
  }

  /** Deletes at most `limit` keys that ended a month ago; returns how many. */
  async sweep(limit: number): Promise<number> {
    return await this.#database.write(async (trx) => {
      const before = this.#clock() - KEPT_MS;
      const ended = trx
        .selectFrom("api_key")
        .select("id")
        .where((eb) => eb.or([eb("expires_at", "<=", before), eb("revoked_at", "<=", before)]));
      const query = trx.deleteFrom("api_key").where("id", "in", ended.limit(limit));
      return Number((await query.executeTakeFirst()).numDeletedRows);
    });
  }

  async #read(hash: string): Promise<KeyHolder | null> {
    const version = this.#recent.readVersion();
    const row = await lookUp(this.#database, findKey(this.#database.lookup, { hash }));
    if (row === undefined) return null;
    const found: KeyHolder = { key: keyFrom(row), user: userFrom(row) };
    this.#recent.keep(hash, found, version);
    return found;
  }

  /** Returns the owner of a new key, if they may have it. */
  async #requireOwner(
    trx: Trx,
    { userId, scopes, createdAt }: Pick<ApiKey, "userId" | "scopes" | "createdAt">,
  ): Promise<UserRow> {
    const query = trx.selectFrom("user").selectAll().where("id", "=", userId);
    const owner = await query.executeTakeFirst();
    if (owner === undefined || owner.disabled === 1) throw noSuchAccount();
    const refused = scopes.find(
      (scope) => scopesByRole[scope] === "administrator" && owner.role !== "administrator",
    );
    if (refused !== undefined) throw invalid("scopes", text.key.scopeNotAllowed(refused));
    const { count } = await trx
      .selectFrom("api_key")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("user_id", "=", userId)
      .where("revoked_at", "is", null)
      .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", createdAt)]))
      .executeTakeFirstOrThrow();
    if (Number(count) >= MAX_KEYS) throw invalid("name", text.key.tooMany(MAX_KEYS));
    return owner;
  }

  /** Writes who used a key last, if that has changed or was some minutes ago. The request does not wait for it. */
  #noteUse({ key, user }: KeyHolder, use: Omit<LastUse, "at">): void {
    const now = this.#clock();
    const { id, lastUse } = key;
    if (this.#notingUse.has(id) || (lastUse !== null && !isWorthNoting(lastUse, use, now))) return;
    this.#notingUse.add(id);
    const written = this.#database.write(async (trx) => {
      const columns = { last_used_at: now, last_client: use.client, last_network: use.network };
      const query = trx.updateTable("api_key").set(columns).where("id", "=", id);
      const first = await query.where("last_used_at", "is", null).executeTakeFirst();
      if (first.numUpdatedRows === 0n) return void (await query.execute());
      const details = { name: key.name, client: use.client };
      const event = aboutUser("key.first_used", user, details);
      await this.#audit.record(trx, actorOf({ key, user }, use.network), event);
    });
    written
      .catch((error: unknown) => this.#log.warn({ err: error }, "use of an API key not noted"))
      .finally(() => this.#notingUse.delete(id));
  }
}

async function findOwned(db: Database["lookup"], id: number): Promise<OwnedKey | null> {
  const row = await db
    .selectFrom("api_key")
    .innerJoin("user", "user.id", "api_key.user_id")
    .select([...keyColumns, "user.username"])
    .where("api_key.id", "=", id)
    .executeTakeFirst();
  return row === undefined ? null : { ...keyFrom(row), username: row.username };
}

function noSuchKey(): Problem {
  return new Problem("not_found", text.key.noSuchKey);
}

function isWorthNoting(last: LastUse, use: Omit<LastUse, "at">, now: number): boolean {
  const passed = Math.abs(now - last.at);
  if (passed >= NOTED_MS) return true;
  return passed >= MINUTE_MS && (last.client !== use.client || last.network !== use.network);
}

/** The actor that a key is: its owner, as far as it allows. */
export function actorOf({ key, user }: KeyHolder, address: string): Extract<Actor, { is: "user" }> {
  const { id: userId, username, role } = user;
  const { id, beginning, scopes, kinds } = key;
  return { is: "user", userId, username, role, address, key: { id, beginning, scopes, kinds } };
}

/** The row of a key and its owner: every request of a program reads one. */
const findKey = prepare<{ readonly hash: string }, UserRow & KeyRow>((db, { hash }) =>
  db
    .selectFrom("api_key")
    .innerJoin("user", "user.id", "api_key.user_id")
    .selectAll("user")
    .select(keyColumns)
    .where("api_key.hash", "=", hash),
);
