import type { Audit } from "../../audit/audit.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Touch, Trx } from "../../database/database.ts";
import { isMissingReference, isUniqueViolation } from "../../database/database-errors.ts";
import type { Adoption, FoundBytes } from "../../files/adoption.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Content, Link } from "../link.ts";
import { addSearchRows, loadToChange, rowFrom } from "../link-rows.ts";
import type { ShortCode } from "../short-code.ts";

/** The bytes of a link on its way here: durable already, and the owner's. */
export interface MovingContent extends Omit<FoundBytes, "ownerId"> {
  readonly name: string;
  readonly type: string;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

/** A link as another site had it. A kind with bytes that has none is one whose file is missing. */
export interface MovingLink extends Omit<Link, "id" | "content" | "declared"> {
  readonly content: MovingContent | null;
}

export interface MovedLinksParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly adoption: Adoption;
  readonly clock: Clock;
}

/** Links that come from another site. */
export class MovedLinks {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #adoption: Adoption;
  readonly #clock: Clock;

  constructor({ database, audit, adoption, clock }: MovedLinksParts) {
    this.#database = database;
    this.#audit = audit;
    this.#adoption = adoption;
    this.#clock = clock;
  }

  /**
   * Makes links, a few hundred at most, in one transaction and in their order; gives the codes of those that came. A
   * code that is taken by now stays as it is.
   * @throws Problem `forbidden`; `busy` where a code is taken or an owner removed at this very moment; `storage_full`
   */
  async bring(actor: Actor, links: readonly MovingLink[]): Promise<ReadonlySet<ShortCode>> {
    if (!links.every((link) => may(actor, "link.create", link)))
      throw new Problem("forbidden", "You may not make links here.");
    try {
      return await this.#database.write((trx, touch) => this.#bringAll(trx, touch, actor, links));
    } catch (error) {
      if (isUniqueViolation(error) || isMissingReference(error)) throw changedMeanwhile();
      throw error;
    }
  }

  /** No file declares these owners' links any more: they are ordinary ones. */
  async undeclare(ownerIds: readonly number[]): Promise<void> {
    const now = this.#clock();
    await this.#database.write(async (trx, touch) => {
      for (const ownerId of ownerIds) {
        const update = trx.updateTable("link").set({ declared: 0, updated_at: now });
        const freed = update.where("owner_id", "=", ownerId).where("declared", "=", 1);
        for (const { short_code: code } of await freed.returning("short_code").execute())
          touch(code);
      }
    });
  }

  async #bringAll(
    trx: Trx,
    touch: Touch,
    actor: Actor,
    links: readonly MovingLink[],
  ): Promise<ReadonlySet<ShortCode>> {
    const codes = links.map(({ shortCode }) => shortCode);
    const taken = new Set(
      (await loadToChange(this.#database, trx, codes)).map(({ shortCode }) => shortCode),
    );
    const coming = links.filter(({ shortCode }) => !taken.has(shortCode));
    if (coming.length > 0) await this.#insert(trx, touch, coming);
    await this.#record(trx, actor, coming);
    return new Set(coming.map(({ shortCode }) => shortCode));
  }

  async #insert(trx: Trx, touch: Touch, moving: readonly MovingLink[]): Promise<void> {
    const links: Omit<Link, "id">[] = [];
    for (const link of moving) {
      touch(link.shortCode);
      links.push({ ...link, content: await this.#adopt(trx, link), declared: false });
    }
    const rows = links.map((link) => ({
      ...rowFrom(link),
      short_code: link.shortCode,
      owner_id: link.ownerId,
      created_at: link.createdAt,
    }));
    const insert = trx.insertInto("link").values(rows).returning(["id", "short_code"]);
    const ids = new Map((await insert.execute()).map(({ id, short_code: code }) => [code, id]));
    await addSearchRows(trx, withIds(links, ids));
  }

  async #adopt(trx: Trx, { content, ownerId }: MovingLink): Promise<Content | null> {
    if (content === null) return null;
    const { size, sha256, name, type, modifiedAt } = content;
    const { id, path } = await this.#adoption.adopt(trx, { ...content, ownerId });
    return { blobId: id, path, size, sha256, name, type, modifiedAt };
  }

  async #record(trx: Trx, actor: Actor, links: readonly MovingLink[]): Promise<void> {
    const owners = Map.groupBy(links, ({ ownerId }) => ownerId);
    const events = [...owners].map(([ownerId, { length: links }]) => {
      return { action: "links.moved_in", resource: "", ownerId, details: { links } } as const;
    });
    await this.#audit.record(trx, actor, ...events);
  }
}

function changedMeanwhile(): Problem {
  const message = "A short code was taken, or an account removed, at this very moment. Try again.";
  return new Problem("busy", message, { retryAfterSeconds: 1 });
}

function withIds(links: readonly Omit<Link, "id">[], ids: ReadonlyMap<ShortCode, number>): Link[] {
  return links.flatMap((link) => {
    const id = ids.get(link.shortCode);
    return id === undefined ? [] : [{ ...link, id }];
  });
}
