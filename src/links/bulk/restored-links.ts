import type { Audit } from "../../audit/audit.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Touch, Trx } from "../../database/database.ts";
import { isMissingReference, isUniqueViolation } from "../../database/database-errors.ts";
import type { Blobs } from "../../files/blobs.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Link } from "../link.ts";
import { Contents, type KeptFile } from "../link-content.ts";
import { addSearchRows, loadToChange, refuseDeclared, rowFrom } from "../link-rows.ts";
import type { ShortCode } from "../short-code.ts";

/** A link as it was elsewhere, or before. */
export interface RestoredLink extends Omit<Link, "id" | "ownerId" | "content" | "declared"> {
  readonly content: RestoredContent | null;
}

interface RestoredContent extends KeptFile {
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

/** All that changes with one restoring. */
export interface Restoring {
  readonly ownerId: number;
  readonly links: readonly RestoredLink[];
  /** Links of the owner's that go besides those whose codes are restored. */
  readonly removed: readonly ShortCode[];
  /** What else is restored in the same transaction, by the codes and new ids of the links. */
  readonly also: (trx: Trx, ids: ReadonlyMap<ShortCode, number>) => Promise<void>;
}

export interface RestoredLinksParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** Links that are changed and made with one statement. */
const BATCH = 200;

/** Brings links back with everything they had. */
export class RestoredLinks {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #contents: Contents;

  constructor({ database, audit, blobs, clock }: RestoredLinksParts) {
    this.#database = database;
    this.#audit = audit;
    this.#contents = new Contents(blobs, clock);
  }

  /**
   * Puts links in the place of those of their owner that have their codes, all in one transaction.
   * @throws Problem `not_found`; `busy` where a code was taken or declared meanwhile; `over_quota`, `storage_full`
   */
  async put(actor: Actor, restoring: Restoring): Promise<void> {
    if (!may(actor, "backup.restore", restoring)) {
      throw new Problem("not_found", "There is no such account.");
    }
    try {
      await this.#database.write((trx, touch) => this.#putAll(trx, touch, actor, restoring));
    } catch (error) {
      if (isUniqueViolation(error) || isMissingReference(error)) throw changedMeanwhile();
      throw error;
    }
  }

  async #putAll(trx: Trx, touch: Touch, actor: Actor, restoring: Restoring): Promise<void> {
    const { ownerId, links, removed, also } = restoring;
    const codes = [...links.map(({ shortCode }) => shortCode), ...removed];
    for (const some of batches(codes)) await this.#remove(trx, touch, ownerId, some);
    const ids = new Map<ShortCode, number>();
    for (const some of batches(links)) {
      for (const [code, id] of await this.#insert(trx, touch, ownerId, some)) ids.set(code, id);
    }
    await also(trx, ids);
    const details = { restored: links.length, removed: removed.length };
    await this.#audit.record(trx, actor, {
      action: "links.restored",
      resource: "",
      ownerId,
      details,
    });
  }

  async #remove(
    trx: Trx,
    touch: Touch,
    ownerId: number,
    codes: readonly ShortCode[],
  ): Promise<void> {
    const links = await loadToChange(this.#database, trx, codes);
    if (links.some((link) => link.ownerId !== ownerId)) throw changedMeanwhile();
    await refuseDeclared(trx, links);
    const ids = links.map(({ id }) => id);
    if (ids.length === 0) return;
    await trx.deleteFrom("visit_hour").where("link_id", "in", ids).execute();
    await trx.deleteFrom("link").where("id", "in", ids).execute();
    await this.#contents.release(trx, links);
    for (const { shortCode } of links) touch(shortCode);
  }

  async #insert(
    trx: Trx,
    touch: Touch,
    ownerId: number,
    restored: readonly RestoredLink[],
  ): Promise<Map<ShortCode, number>> {
    const links: Omit<Link, "id">[] = [];
    for (const link of restored) {
      touch(link.shortCode);
      const content = await this.#use(trx, link.content);
      links.push({ ...link, content, ownerId, declared: false });
    }
    const rows = links.map((link) => ({
      ...rowFrom(link),
      short_code: link.shortCode,
      owner_id: ownerId,
      created_at: link.createdAt,
    }));
    const insert = trx.insertInto("link").values(rows).returning(["id", "short_code"]);
    const made = await insert.execute();
    const ids = new Map(made.map(({ id, short_code: code }) => [code, id]));
    const added = links.map((link) => ({ ...link, id: ids.get(link.shortCode) ?? 0 }));
    await addSearchRows(trx, added);
    return ids;
  }

  async #use(trx: Trx, content: RestoredContent | null): Promise<Link["content"]> {
    if (content === null) return null;
    return { ...(await this.#contents.use(trx, content)), modifiedAt: content.modifiedAt };
  }
}

function* batches<Thing>(things: readonly Thing[]): Generator<readonly Thing[]> {
  for (let at = 0; at < things.length; at += BATCH) yield things.slice(at, at + BATCH);
}

function changedMeanwhile(): Problem {
  const message = "The links have changed meanwhile. Look at the preview again.";
  return new Problem("busy", message, { retryAfterSeconds: 1 });
}
