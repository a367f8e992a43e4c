import { type CompiledQuery, sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { lookUp, prepare } from "../../database/prepared.ts";
import { ExactLimit } from "../../limits/exact-limit.ts";
import { LINK_PASSWORD_LIMIT, LINK_PASSWORDS_LIMIT, type Limiting } from "../../limits/limiting.ts";
import { RateLimit } from "../../limits/rate-limit.ts";
import { Problem } from "../../problem.ts";
import type { Link } from "../link.ts";
import { text } from "../text.en.ts";
import { GatePasses } from "./gate-passes.ts";
import type { LinkPasswords } from "./link-gate.ts";

/** What a link asks for, as the database has it now. */
export type Gate = Pick<Link, "visitsLeft" | "passwordHash">;

export interface GatesParts {
  readonly database: Pick<Database, "lookup" | "lookupNow" | "write" | "writeTogether">;
  readonly secretKey: string;
  readonly clock: Clock;
  readonly limiting: Pick<Limiting, "limited" | "shared">;
  readonly passwords: Pick<LinkPasswords, "verify">;
}

/** Visit limits and passwords of links, as visitors meet them. */
export class Gates {
  readonly passes: GatePasses;
  readonly #parts: GatesParts;
  /** Wrong passwords for one link from one network. */
  readonly #ofLink: ExactLimit;
  /** Wrong passwords for all links from one network. */
  readonly #ofNetwork: ExactLimit;

  constructor(parts: GatesParts) {
    this.passes = new GatePasses(parts);
    this.#parts = parts;
    const { limited, shared } = parts.limiting;
    this.#ofLink = new ExactLimit(new RateLimit({ ...LINK_PASSWORD_LIMIT, ...limited }), shared);
    this.#ofNetwork = new ExactLimit(
      new RateLimit({ ...LINK_PASSWORDS_LIMIT, ...limited }),
      shared,
    );
  }

  /** Null: the link is deleted. */
  async find(linkId: number): Promise<Gate | null> {
    const { database } = this.#parts;
    return (await lookUp(database, findGate(database.lookup, { linkId }))) ?? null;
  }

  /**
   * Takes one of the visits that a link has left; false if there is none. It is taken in the database, so no two
   * processes take the same one.
   * @throws Problem `busy`
   */
  async takeVisit(linkId: number): Promise<boolean> {
    const { database } = this.#parts;
    const { lookup: db } = database;
    const statements: CompiledQuery[] = [takeOne(db, { linkId }), markSpent(db, { linkId })];
    if ((await database.writeTogether(statements, [])) !== null) return true;
    const now = await this.find(linkId);
    return now !== null && now.visitsLeft === null;
  }

  /**
   * Whether `typed` is the password of a link. Only wrong ones count against the limits, but each is counted before it is
   * checked, so that parallel guesses do not slip through.
   * @param network of the client
   * @throws Problem `too_many`
   */
  async isPassword(
    { linkId, hash }: { readonly linkId: number; readonly hash: string },
    typed: string,
    network: string,
  ): Promise<boolean> {
    const taken: (() => Promise<void>)[] = [];
    const giveBack = async () => {
      for (const undo of taken) await undo().catch(() => {}); // the database is away, as it is for others
    };
    try {
      await takeGuess(this.#ofLink, `${linkId} ${network}`, taken);
      await takeGuess(this.#ofNetwork, network, taken);
      const isRight = await this.#parts.passwords.verify(typed, hash);
      if (isRight) await giveBack();
      else await this.#countWrong(linkId);
      return isRight;
    } catch (thrown) {
      await giveBack();
      throw thrown;
    }
  }

  async #countWrong(linkId: number): Promise<void> {
    await this.#parts.database.write(async (trx) => {
      const set = { wrong_passwords: sql<number>`wrong_passwords + 1` };
      await trx.updateTable("link").set(set).where("id", "=", linkId).execute();
    });
  }
}

async function takeGuess(
  limit: ExactLimit,
  key: string,
  taken: (() => Promise<void>)[],
): Promise<void> {
  const verdict = await limit.take(key);
  if (!verdict.allowed) {
    const { retryAfterSeconds } = verdict;
    throw new Problem("too_many", text.linkPassword.tooManyWrong(retryAfterSeconds), {
      retryAfterSeconds,
    });
  }
  taken.push(() => limit.giveBack(key));
}

const findGate = prepare((db, { linkId }: { linkId: number }) =>
  db
    .selectFrom("link")
    .select(["visits_left as visitsLeft", "password_hash as passwordHash"])
    .where("id", "=", linkId),
);

const takeOne = prepare((db, { linkId }: { linkId: number }) =>
  db
    .updateTable("link")
    .set({ visits_left: sql<number>`visits_left - 1` })
    .where("id", "=", linkId)
    .where("visits_left", ">", sql.lit(0))
    .returning("visits_left"),
);

/** For lists, in the transaction that takes the visit. */
const markSpent = prepare((db, { linkId }: { linkId: number }) =>
  db
    .updateTable("link_search")
    .set((eb) => ({
      spent: eb
        .selectFrom("link")
        .whereRef("link.id", "=", "link_search.link_id")
        .select(sql<0 | 1>`case when visits_left = 0 then 1 else 0 end`.as("spent")),
    }))
    .where("link_id", "=", linkId),
);
