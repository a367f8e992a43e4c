import type { Audit } from "../audit/audit.ts";
import type { Database, Touch, Trx } from "../database/database.ts";
import { isMissingReference } from "../database/database-errors.ts";
import { findUserByName } from "../database/user-by-name.ts";
import { countFiles } from "../files/quota.ts";
import { countLinks } from "../links/link-rows.ts";
import type { LinkTransfer } from "../links/transfer/link-transfer.ts";
import { parseInput } from "../parse-input.ts";
import { type Actor, may } from "../policy.ts";
import { invalid, Problem } from "../problem.ts";
import type { Reports } from "../visits/reports/reports.ts";
import { aboutUser } from "./account-audit.ts";
import { lockAdministrators, requireOtherAdministrator } from "./administrators.ts";
import { text } from "./text.en.ts";
import { ADMIN_USERNAME } from "./user.ts";
import { noSuchAccount, type UserRow } from "./user-rows.ts";
import { type RemovalPlan, removalPlanSchema } from "./user-schema.ts";

/** What an account has: it is deleted with it, or gets a new owner. */
export interface RemovalSummary {
  readonly username: string;
  readonly links: number;
  /** Of the last 30 days, bots included. */
  readonly visits: number;
  readonly files: number;
  readonly bytes: number;
}

export interface UserRemovalParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly linkTransfer: LinkTransfer;
  readonly reports: Reports;
}

/** How often a removal is tried: it starts over if something is created for the account meanwhile. */
const TRIES = 3;

type NewOwner = Pick<UserRow, "id" | "username">;

interface LastPortion {
  readonly trx: Trx;
  readonly touch: Touch;
  readonly actor: Actor;
  readonly userId: number;
  readonly plan: RemovalPlan;
  /** Number of links transferred or deleted before. */
  readonly before: number;
}

/** Deletes accounts, and transfers or deletes their links. */
export class UserRemoval {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #linkTransfer: LinkTransfer;
  readonly #reports: Reports;

  constructor({ database, audit, linkTransfer, reports }: UserRemovalParts) {
    this.#database = database;
    this.#audit = audit;
    this.#linkTransfer = linkTransfer;
    this.#reports = reports;
  }

  /**
   * Counts what the account has.
   * @throws Problem `not_found`, `forbidden` if it cannot be deleted
   */
  async summarize(actor: Actor, userId: number): Promise<RemovalSummary> {
    requireRight(actor);
    const { username } = await requireRemovable(actor, userId, this.#database.read);
    const [links, visits, files] = await Promise.all([
      countLinks(this.#database.read, userId),
      this.#reports.countVisits(userId),
      countFiles(this.#database.read, userId),
    ]);
    return { username, links, visits, ...files };
  }

  /**
   * Deletes an account and its sessions. Stored bytes without a link are deleted soon after. Many links are transferred
   * or deleted in portions first; a removal that is interrupted then can be repeated.
   * @returns the number of links that were transferred or deleted
   * @throws Problem `not_found`; `forbidden` for the account `admin`, the actor's own and the last administrator's;
   * `invalid` on `links` or `to`
   */
  async remove(actor: Actor, userId: number, input: RemovalPlan): Promise<number> {
    requireRight(actor);
    const plan = parseInput(removalPlanSchema, input);
    const before = await this.#removePortions(actor, userId, plan);
    for (let tries = 1; ; tries++) {
      try {
        return await this.#database.write((trx, touch) =>
          this.#remove({ trx, touch, actor, userId, plan, before }),
        );
      } catch (error) {
        if (!isMissingReference(error) || tries === TRIES) throw error;
      }
    }
  }

  /** Each in a transaction of its own, all but the last one; returns the number of links. */
  async #removePortions(actor: Actor, userId: number, plan: RemovalPlan): Promise<number> {
    for (let count = 0; ; ) {
      const portion = await this.#database.write(async (trx, touch) => {
        const { newOwner } = await this.#check(trx, actor, userId, plan);
        return plan.links === "delete"
          ? await this.#linkTransfer.removePortion(trx, touch, userId, newOwner.id)
          : await this.#linkTransfer.transferPortion(trx, touch, userId, newOwner.id);
      });
      if (portion === 0) return count;
      count += portion;
    }
  }

  async #check(trx: Trx, actor: Actor, userId: number, plan: RemovalPlan) {
    await lockAdministrators(this.#database, trx, actor);
    const row = await requireRemovable(actor, userId, trx);
    await requireOtherAdministrator(trx, userId);
    return { row, newOwner: await findNewOwner(trx, actor, userId, plan) };
  }

  async #remove({ trx, touch, actor, userId, plan, before }: LastPortion): Promise<number> {
    const { row, newOwner } = await this.#check(trx, actor, userId, plan);
    const rest =
      plan.links === "delete"
        ? await this.#linkTransfer.removeAll(trx, touch, userId, newOwner.id)
        : await this.#linkTransfer.transferAll(trx, touch, userId, newOwner.id);
    const count = before + rest;
    await trx.deleteFrom("user").where("id", "=", userId).execute();
    const details = {
      links: plan.links,
      count,
      ...(plan.links !== "delete" && { to: newOwner.username }),
    };
    await this.#audit.record(trx, actor, aboutUser("user.removed", row, details));
    return count;
  }
}

function requireRight(actor: Actor): void {
  if (!may(actor, "user.delete")) throw noSuchAccount();
}

async function requireRemovable(
  actor: Actor,
  userId: number,
  db: Database["read"],
): Promise<UserRow> {
  const query = db.selectFrom("user").selectAll().where("id", "=", userId);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw noSuchAccount();
  if (row.username === ADMIN_USERNAME) throw new Problem("forbidden", text.removal.adminStays);
  if (actor.is === "user" && actor.userId === userId)
    throw new Problem("forbidden", text.removal.ownAccount);
  return row;
}

/** Returns the user who gets the links, or owns the bytes of deleted links until these are deleted too. */
async function findNewOwner(
  trx: Trx,
  actor: Actor,
  userId: number,
  plan: RemovalPlan,
): Promise<NewOwner> {
  if (plan.links === "transfer") return await requireNewOwner(trx, userId, plan.to);
  if (plan.links === "keep" && actor.is === "user")
    return { id: actor.userId, username: actor.username };
  return await requireNewOwner(trx, userId, ADMIN_USERNAME);
}

async function requireNewOwner(trx: Trx, userId: number, username: string): Promise<NewOwner> {
  const row = await findUserByName(trx, username);
  if (row === undefined) throw invalid("to", text.access.noSuchAccount);
  if (row.id === userId) throw invalid("to", text.removal.newOwnerIsDeleted);
  if (row.disabled === 1) throw invalid("to", text.removal.newOwnerIsDisabled);
  return row;
}
