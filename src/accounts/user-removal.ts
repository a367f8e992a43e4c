import { sql } from "kysely";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Touch, Trx } from "../database/database.ts";
import { isMissingReference } from "../database/database-errors.ts";
import type { LinkOwners } from "../links/transfer/link-transfer.ts";
import { type Actor, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import { aboutUser } from "./account-audit.ts";
import { lockAdministrators, requireOtherAdministrator } from "./administrators.ts";
import { ADMIN_USERNAME } from "./user.ts";
import { findNamed, noSuchAccount, type UserRow } from "./user-rows.ts";

/** What would go with an account, or to somebody else. */
export interface RemovalFacts {
  readonly username: string;
  readonly links: number;
  /** Of thirty days, by whomever. */
  readonly visits: number;
  readonly files: number;
  readonly bytes: number;
}

/** What becomes of the links: another user's, the administrator's who removes the account, or nothing. */
export type RemovalPlan =
  | { readonly links: "transfer"; readonly to: string }
  | { readonly links: "keep" }
  | { readonly links: "delete" };

export interface RemovalParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly linkOwners: LinkOwners;
  readonly clock: Clock;
}

const VISIT_HOURS = 30 * 24;
const HOUR_MS = 3_600_000;

/** How often a removal begins again because something was made for the account meanwhile. */
const TRIES = 3;

/**
 * What is to become of an account's links.
 * @throws Problem `invalid` on `links` where nothing known is asked for, on `to` where nobody is named
 */
export function parseRemovalPlan({ links, to }: { links: string; to: string }): RemovalPlan {
  switch (links) {
    case "transfer":
      if (to.trim() === "") throw invalid("to", "Say who gets the links.");
      return { links, to: to.trim() };
    case "keep":
    case "delete":
      return { links };
    default:
      throw invalid("links", "Say what becomes of the links: transfer, keep or delete.");
  }
}

/** Accounts that go, and what becomes of what they had. */
export class Removal {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #linkOwners: LinkOwners;
  readonly #clock: Clock;

  constructor({ database, audit, linkOwners, clock }: RemovalParts) {
    this.#database = database;
    this.#audit = audit;
    this.#linkOwners = linkOwners;
    this.#clock = clock;
  }

  /**
   * What the account has.
   * @throws Problem `not_found`, `forbidden` where it cannot be removed
   */
  async describe(actor: Actor, userId: number): Promise<RemovalFacts> {
    requireRight(actor);
    const { username } = await this.#requireRemovable(actor, userId, this.#database.read);
    const [links, visits, blobs] = await Promise.all([
      this.#countLinks(userId),
      this.#countVisits(userId),
      this.#countBlobs(userId),
    ]);
    return { username, links, visits, ...blobs };
  }

  /**
   * Removes an account and all its sessions; tells how many links were handed over or removed. Bytes that nobody has
   * any more go soon after.
   * @throws Problem `not_found`; `forbidden` for the account `admin`, one's own and the last administrator's;
   * `invalid` on `to`
   */
  async remove(actor: Actor, userId: number, plan: RemovalPlan): Promise<number> {
    requireRight(actor);
    for (let tries = 1; ; tries++) {
      try {
        return await this.#database.write((trx, touch) =>
          this.#remove(trx, touch, actor, userId, plan),
        );
      } catch (error) {
        if (!isMissingReference(error) || tries === TRIES) throw error;
      }
    }
  }

  async #remove(
    trx: Trx,
    touch: Touch,
    actor: Actor,
    userId: number,
    plan: RemovalPlan,
  ): Promise<number> {
    await lockAdministrators(this.#database, trx, actor);
    const row = await this.#requireRemovable(actor, userId, trx);
    await requireOtherAdministrator(trx, userId);
    const heir = await findHeir(trx, actor, userId, plan);
    const count =
      plan.links === "delete"
        ? await this.#linkOwners.removeAll(trx, touch, userId, heir.id)
        : await this.#linkOwners.giveAll(trx, touch, userId, heir.id);
    await trx.deleteFrom("user").where("id", "=", userId).execute();
    const details = {
      links: plan.links,
      count,
      ...(plan.links !== "delete" && { to: heir.username }),
    };
    await this.#audit.record(trx, actor, aboutUser("user.removed", row, details));
    return count;
  }

  async #requireRemovable(actor: Actor, userId: number, db: Database["read"]): Promise<UserRow> {
    const query = db.selectFrom("user").selectAll().where("id", "=", userId);
    const row = await query.executeTakeFirst();
    if (row === undefined) throw noSuchAccount();
    if (row.username === ADMIN_USERNAME)
      throw new Problem("forbidden", "The account admin is the site's own and stays.");
    if (actor.is === "user" && actor.userId === userId)
      throw new Problem("forbidden", "Nobody removes the account they are signed in with.");
    return row;
  }

  async #countLinks(userId: number): Promise<number> {
    const query = this.#database.read
      .selectFrom("link")
      .select((eb) => eb.fn.countAll<number>().as("links"));
    return (await query.where("owner_id", "=", userId).executeTakeFirstOrThrow()).links;
  }

  async #countVisits(userId: number): Promise<number> {
    const query = this.#database.read
      .selectFrom("owner_hour")
      .select(sql<number>`cast(coalesce(sum(visits), 0) as bigint)`.as("visits"))
      .where("owner_id", "=", userId)
      .where("hour", ">", Math.floor(this.#clock() / HOUR_MS) - VISIT_HOURS);
    return (await query.executeTakeFirstOrThrow()).visits;
  }

  async #countBlobs(userId: number): Promise<{ files: number; bytes: number }> {
    return await this.#database.read
      .selectFrom("blob")
      .select((eb) => eb.fn.countAll<number>().as("files"))
      .select(sql<number>`cast(coalesce(sum(size), 0) as bigint)`.as("bytes"))
      .where("owner_id", "=", userId)
      .where("state", "=", "used")
      .executeTakeFirstOrThrow();
  }
}

function requireRight(actor: Actor): void {
  if (!may(actor, "user.delete")) throw noSuchAccount();
}

/** Who gets the links, or stands for their bytes until these are gone. */
async function findHeir(
  trx: Trx,
  actor: Actor,
  userId: number,
  plan: RemovalPlan,
): Promise<Pick<UserRow, "id" | "username">> {
  if (plan.links === "transfer") return await requireHeir(trx, userId, plan.to);
  if (plan.links === "keep" && actor.is === "user")
    return { id: actor.userId, username: actor.username };
  return await requireHeir(trx, userId, ADMIN_USERNAME);
}

async function requireHeir(trx: Trx, userId: number, username: string): Promise<UserRow> {
  const heir = await findNamed(trx, username);
  if (heir === undefined) throw invalid("to", "There is no such account.");
  if (heir.id === userId) throw invalid("to", "This is the account that goes. Choose another.");
  if (heir.disabled === 1) throw invalid("to", "This account is disabled. Choose another.");
  return heir;
}
