import { createHmac, timingSafeEqual } from "node:crypto";
import type { Audit } from "../../audit/audit.ts";
import type { Clock, Random } from "../../clock.ts";
import type { LiveSettings } from "../../config/live-settings.ts";
import type { Database, Trx } from "../../database/database.ts";
import { lookUp, prepare } from "../../database/prepared.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import { aboutUser } from "../account-audit.ts";
import { text } from "../text.en.ts";
import type { User } from "../user.ts";
import { type UserRow, userFrom } from "../user-rows.ts";
import { CredentialCache } from "./credential-cache.ts";
import { findImpersonated, requireImpersonable } from "./impersonation.ts";
import {
  type Session,
  type SessionRow,
  type SignedIn,
  sessionColumns,
  sessionFrom,
  sessionRow,
} from "./session.ts";

export type { Session, SignedIn } from "./session.ts";

/** Sessions that an account may have. A script that signs in each time it runs would leave more and more of them. */
export const MAX_SESSIONS = 100;

export interface SessionsParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly live: LiveSettings;
  readonly log: Logger;
  /** Returns the current credential of a user. When it changes, earlier sessions end. */
  readonly credentialOf: (user: UserRow) => string;
  /** Keys the hashes: a stolen database opens no session without it, and a new key ends all sessions. */
  readonly secretKey: string;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** For how long a sign-in counts as recent. */
const RECENT = 15 * MINUTE;

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Signed-in browsers. The token in the cookie is never stored, only a keyed hash of it. */
export class Sessions {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #live: LiveSettings;
  readonly #log: Logger;
  readonly #credentialOf: (user: UserRow) => string;
  readonly #secretKey: string;
  readonly #recent: CredentialCache<SignedIn>;
  /** Ids of the sessions whose last use is being written: one write serves concurrent requests. */
  readonly #notingUse = new Set<string>();

  constructor(parts: SessionsParts) {
    this.#database = parts.database;
    this.#recent = new CredentialCache<SignedIn>(parts.database);
    this.#audit = parts.audit;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#live = parts.live;
    this.#log = parts.log;
    this.#credentialOf = parts.credentialOf;
    this.#secretKey = parts.secretKey;
  }

  /**
   * Signs a user in. The token belongs in the cookie, and nowhere else.
   * @throws Problem `unauthenticated` if the account was deleted or disabled meanwhile
   */
  async start(
    user: Pick<User, "id">,
    { remember, device }: { remember: boolean; device: string },
  ): Promise<{ token: string; session: Session }> {
    const token = Buffer.from(this.#random(TOKEN_BYTES)).toString("base64url");
    const now = this.#clock();
    const session: Session = {
      id: this.#idOf(token),
      userId: user.id,
      remember,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + this.#lifetime(remember),
      device,
    };
    await this.#insert(session, token);
    return { token, session };
  }

  /** Returns the session of a token and its user as they are now; null if the session has ended. */
  async find(token: string): Promise<SignedIn | null> {
    if (!TOKEN.test(token)) return null;
    const id = this.#idOf(token);
    const found = this.#recent.get(id) ?? (await this.#read(id, token));
    // Its row is left to `sweep`: an old cookie must not cost a write at each request.
    if (found === null || found.session.expiresAt <= this.#clock()) return null;
    this.#noteUse(found.session);
    return found;
  }

  async #read(id: string, token: string): Promise<SignedIn | null> {
    const version = this.#recent.readVersion();
    const row = await lookUp(this.#database, findSession(this.#database.lookup, { id }));
    if (row === undefined || row.disabled === 1 || !this.#isSealed(row, token)) return null;
    const impersonated = await findImpersonated(this.#database, row);
    const own = userFrom(row);
    const found: SignedIn = {
      session: sessionFrom(row),
      user: impersonated ?? own,
      impersonator: impersonated && own,
    };
    this.#recent.keep(id, found, version);
    return found;
  }

  /** Whether the user of a session signed in, or confirmed their password, not long ago. */
  isRecent({ createdAt }: Pick<Session, "createdAt">): boolean {
    return Math.abs(this.#clock() - createdAt) <= RECENT; // later than now: the clock was set back
  }

  /** The user of a session has confirmed their password: as if they had signed in now. */
  async renew({ id }: Pick<Session, "id">): Promise<void> {
    const created_at = this.#clock();
    await this.#database.write(async (trx) => {
      await trx.updateTable("session").set({ created_at }).where("id", "=", id).execute();
    });
  }

  /** Ends the session of a token. An unknown token is ignored. */
  async end(token: string): Promise<void> {
    if (TOKEN.test(token)) await this.#endById(this.#idOf(token));
  }

  /** Returns the sessions of a user, at most MAX_SESSIONS, the last used first. */
  async list(userId: number): Promise<Session[]> {
    const { lookup } = this.#database;
    const query = selectOwn(lookup, { userId, now: this.#clock() });
    return (await lookup.executeQuery(query)).rows.map(sessionFrom);
  }

  /**
   * Lets an administrator impersonate a user, in this session alone; returns that user.
   * @throws Problem `not_found`; `forbidden` also for administrators and disabled accounts
   */
  async impersonate(actor: Actor, { id }: Pick<Session, "id">, username: string): Promise<User> {
    if (actor.is !== "user" || !may(actor, "user.impersonate")) {
      throw new Problem("forbidden", text.access.mayNotImpersonate);
    }
    return await this.#database.write(async (trx) => {
      const row = await requireImpersonable(trx, actor, username);
      const query = trx.updateTable("session").set({ acting_for: row.id });
      await query.where("id", "=", id).where("user_id", "=", actor.userId).execute();
      await this.#audit.record(trx, actor, aboutUser("user.switched_to", row));
      return userFrom(row);
    });
  }

  /** Ends the impersonation in this session, if there is one. */
  async endImpersonation(actor: Actor, { id }: Pick<Session, "id">): Promise<void> {
    if (actor.is !== "user" || actor.impersonator === undefined) return;
    const user = { id: actor.userId, username: actor.username };
    await this.#database.write(async (trx) => {
      await trx.updateTable("session").set({ acting_for: null }).where("id", "=", id).execute();
      await this.#audit.record(trx, actor, aboutUser("user.switched_back", user));
    });
  }

  /**
   * Ends one session of a user; returns whether it existed.
   * @throws Problem `forbidden`
   */
  async endOne(actor: Actor, user: Pick<User, "id" | "username">, id: string): Promise<boolean> {
    requireEnding(actor, user.id);
    return await this.#database.write(async (trx) => {
      const query = trx.deleteFrom("session").where("user_id", "=", user.id).where("id", "=", id);
      const ended = await query.returning("device").executeTakeFirst();
      if (ended === undefined) return false;
      await this.#audit.record(trx, actor, aboutUser("user.session_ended", user, ended));
      return true;
    });
  }

  /**
   * Ends all sessions of a user except `keepId`.
   * @throws Problem `forbidden`
   */
  async endOthers(
    actor: Actor,
    user: Pick<User, "id" | "username">,
    keepId: string,
  ): Promise<void> {
    requireEnding(actor, user.id);
    await this.#database.write(async (trx) => {
      const query = trx.deleteFrom("session").where("user_id", "=", user.id);
      const { numDeletedRows } = await query.where("id", "!=", keepId).executeTakeFirst();
      if (numDeletedRows === 0n) return;
      const ended = { sessions: Number(numDeletedRows) };
      await this.#audit.record(trx, actor, aboutUser("user.other_sessions_ended", user, ended));
    });
  }

  /**
   * Ends all sessions of a user.
   * @throws Problem `forbidden`
   */
  async endAll(actor: Actor, user: Pick<User, "id" | "username">): Promise<void> {
    requireEnding(actor, user.id);
    await this.#database.write(async (trx) => {
      await trx.deleteFrom("session").where("user_id", "=", user.id).execute();
      await this.#audit.record(trx, actor, aboutUser("user.signed_out_everywhere", user));
    });
  }

  /** Counts the sessions that have not expired. */
  async count(): Promise<number> {
    const { count } = await this.#database.read
      .selectFrom("session")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("expires_at", ">", this.#clock())
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Deletes at most `limit` expired sessions; returns how many. */
  async sweep(limit: number): Promise<number> {
    return await this.#database.write(async (trx) => {
      const now = this.#clock();
      const expired = trx.selectFrom("session").select("id").where("expires_at", "<=", now);
      const query = trx.deleteFrom("session").where("id", "in", expired.limit(limit));
      return Number((await query.executeTakeFirst()).numDeletedRows);
    });
  }

  #lifetime(remember: boolean): number {
    return remember ? this.#live.current["session.permanent_lifetime_days"] * DAY : DAY;
  }

  async #insert(session: Session, token: string): Promise<void> {
    await this.#database.write(async (trx) => {
      const query = trx.selectFrom("user").selectAll().where("id", "=", session.userId);
      const row = await query.where("disabled", "=", 0).executeTakeFirst();
      if (row === undefined) {
        throw new Problem("unauthenticated", text.signIn.closed);
      }
      await trx
        .insertInto("session")
        .values(sessionRow(session, this.#sealOf(row, token)))
        .execute();
      await endOldest(trx, session);
      await noteSeen(trx, session.userId, session.createdAt);
    });
  }

  #idOf(token: string): string {
    return this.#hmac(token);
  }

  /** Covers token and credential together, so that without the token the seal reveals nothing about the credential. */
  #sealOf(user: UserRow, token: string): string {
    return this.#hmac(`${token}\0${this.#credentialOf(user)}`);
  }

  #isSealed(row: FoundRow, token: string): boolean {
    const [stored, now] = [Buffer.from(row.seal), Buffer.from(this.#sealOf(row, token))];
    return stored.length === now.length && timingSafeEqual(stored, now);
  }

  #hmac(text: string): string {
    return createHmac("sha256", this.#secretKey).update(text).digest("hex");
  }

  /** Writes the time of last use, and with it the new expiry of a session that ends when idle. */
  #noteUse({ id, userId, remember, lastSeenAt }: Session): void {
    const now = this.#clock();
    if (Math.abs(now - lastSeenAt) < MINUTE || this.#notingUse.has(id)) return;
    this.#notingUse.add(id);
    const end = remember ? {} : { expires_at: now + this.#lifetime(remember) };
    const written = this.#database.write(async (trx) => {
      const query = trx.updateTable("session").set({ last_seen_at: now, ...end });
      await query.where("id", "=", id).execute();
      await noteSeen(trx, userId, now);
    });
    this.#runInBackground(written.finally(() => this.#notingUse.delete(id)));
  }

  async #endById(id: string): Promise<void> {
    await this.#database.write(async (trx) => {
      await trx.deleteFrom("session").where("id", "=", id).execute();
    });
  }

  /** The caller does not wait; a failure is only logged. */
  #runInBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#log.warn({ err: error }, "session not updated"));
  }
}

/** The row of a session and its user: every request of a signed-in browser reads one. */
const findSession = prepare<Pick<Session, "id">, FoundRow>((db, { id }) =>
  db
    .selectFrom("session")
    .innerJoin("user", "user.id", "session.user_id")
    .selectAll("user")
    .select([...sessionColumns, "session.seal", "session.acting_for"])
    .where("session.id", "=", id),
);

/** At most MAX_SESSIONS, by the index of users. */
const selectOwn = prepare<{ userId: number; now: number }, SessionRow>((db, { userId, now }) =>
  db
    .selectFrom("session")
    .select(sessionColumns)
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("last_seen_at", "desc")
    .orderBy("id"),
);

type FoundRow = UserRow &
  SessionRow & { readonly seal: string; readonly acting_for: number | null };

function requireEnding(actor: Actor, userId: number): void {
  if (may(actor, "user.end_sessions", { ownerId: userId })) return;
  throw new Problem("forbidden", text.access.mayNotEndSessions);
}

async function noteSeen(trx: Trx, userId: number, now: number): Promise<void> {
  const query = trx.updateTable("user").set({ last_seen_at: now });
  await query.where("id", "=", userId).execute();
}

/** Ends those beside a new one that are beyond MAX_SESSIONS: first the ones that end with the browser, and of these the ones unused for longest. */
async function endOldest(trx: Trx, { id, userId }: Session): Promise<void> {
  const oldest = trx
    .selectFrom("session")
    .select("id")
    .where("user_id", "=", userId)
    .where("id", "!=", id)
    .orderBy("remember", "desc")
    .orderBy("last_seen_at", "desc")
    .limit(MAX_SESSIONS)
    .offset(MAX_SESSIONS - 1);
  await trx.deleteFrom("session").where("id", "in", oldest).execute();
}
