import { hash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** How long an answer is kept, in milliseconds. */
export const KEPT_MS = 86_400_000;

/**
 * After how long without an answer a request may be sent again: its process has ended. Where it has not, two are under
 * way, which a link is still created only once by.
 */
export const UNDER_WAY_MS = 30_000;

/** Newest answers of an account that are kept, and the characters of their bodies. */
export const KEPT = { answers: 10_000, size: 67_108_864 } as const;

/** A request that the client names by a key, so that it is carried out once however often it is sent. */
export interface SentRequest {
  readonly userId: number;
  readonly key: string;
  /** All that was asked for. */
  readonly content: string;
}

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that is carried out now. */
export interface BegunRequest {
  readonly userId: number;
  readonly keyHash: string;
  readonly at: number;
}

/** What requests with an idempotency key were answered, on all nodes. Keys are stored hashed: they are secrets of clients. */
export class SentRequests {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Begins a request, or returns what it was answered.
   * @throws Problem `idempotency_key_reused`, `idempotency_key_in_use`
   */
  async begin({ userId, key, content }: SentRequest): Promise<BegunRequest | KeptAnswer> {
    const begun = { userId, keyHash: hash("sha256", key), at: this.#clock() };
    // The key makes the content, which may have a password, unguessable by the fingerprint.
    const fingerprint = hash("sha256", JSON.stringify([key, content]));
    return await this.#database.write(async (trx) => {
      const claim = { fingerprint, at: begun.at, status: null, headers: "{}", size: 0, body: "" };
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto("sent_request")
        .values({ user_id: userId, key_hash: begun.keyHash, ...claim })
        .onConflict((on) =>
          on
            .columns(["user_id", "key_hash"])
            .doUpdateSet(claim)
            .where((eb) =>
              eb.or([
                eb("sent_request.at", "<=", begun.at - KEPT_MS),
                eb.and([
                  eb("sent_request.status", "is", null),
                  eb("sent_request.at", "<=", begun.at - UNDER_WAY_MS),
                  eb("sent_request.fingerprint", "=", fingerprint),
                ]),
              ]),
            ),
        )
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return begun;
      const found = await trx
        .selectFrom("sent_request")
        .selectAll()
        .where("user_id", "=", userId)
        .where("key_hash", "=", begun.keyHash)
        .executeTakeFirstOrThrow();
      if (found.fingerprint !== fingerprint)
        throw new Problem("idempotency_key_reused", text.sentRequest.reused);
      if (found.status === null)
        throw new Problem("idempotency_key_in_use", text.sentRequest.inUse, {
          retryAfterSeconds: 1,
        });
      const { status, body } = found;
      return { status, headers: JSON.parse(found.headers) as KeptAnswer["headers"], body };
    });
  }

  /** Keeps the answer. */
  async finish({ userId, keyHash, at }: BegunRequest, answer: KeptAnswer): Promise<void> {
    const { status, body } = answer;
    const set = { status, headers: JSON.stringify(answer.headers), size: body.length, body };
    await this.#database.write(async (trx) => {
      const update = trx.updateTable("sent_request").set(set).where("user_id", "=", userId);
      await update.where("key_hash", "=", keyHash).where("at", "=", at).execute();
    });
  }

  /** Forgets a request that has changed nothing. */
  async abandon({ userId, keyHash, at }: BegunRequest): Promise<void> {
    await this.#database.write(async (trx) => {
      const query = trx.deleteFrom("sent_request").where("user_id", "=", userId);
      await query.where("key_hash", "=", keyHash).where("at", "=", at).execute();
    });
  }

  /** Lets a request be sent again that ended by a fault: it may have been carried out. */
  async retry({ userId, keyHash, at }: BegunRequest): Promise<void> {
    await this.#database.write(async (trx) => {
      const ended = { at: at - UNDER_WAY_MS };
      const update = trx.updateTable("sent_request").set(ended).where("user_id", "=", userId);
      await update.where("key_hash", "=", keyHash).where("at", "=", at).execute();
    });
  }

  /** Deletes answers that are kept no longer, about `limit` at a time; returns how many. */
  async sweep(limit: number): Promise<number> {
    const crowded = await this.#database.scan
      .selectFrom("sent_request")
      .select("user_id")
      .groupBy("user_id")
      .having((eb) =>
        eb.or([
          eb(eb.fn.countAll<number>(), ">", KEPT.answers),
          eb(eb.fn.sum<number>("size"), ">", KEPT.size),
        ]),
      )
      .limit(1)
      .executeTakeFirst();
    return await this.#database.write(async (trx) => {
      const all = trx.selectFrom("sent_request").select(["user_id", "key_hash"]);
      const old = await all
        .where("at", "<=", this.#clock() - KEPT_MS)
        .limit(limit)
        .execute();
      const oldest =
        crowded === undefined || old.length > 0
          ? []
          : await all.where("user_id", "=", crowded.user_id).orderBy("at").limit(PORTION).execute();
      for (const { user_id, key_hash } of [...old, ...oldest]) {
        const query = trx.deleteFrom("sent_request").where("user_id", "=", user_id);
        await query.where("key_hash", "=", key_hash).execute();
      }
      // Another step looks whether the account has still too many.
      return oldest.length > 0 ? limit : old.length;
    });
  }
}

/** Oldest answers of an account that has too many that are deleted at once. */
const PORTION = 100;
