import type { Audit } from "../../audit/audit.ts";
import type { Database, Touch, Trx } from "../../database/database.ts";
import { findUserByName } from "../../database/user-by-name.ts";
import type { BlobTransfer } from "../../files/blob-transfer.ts";
import { type Actor, may } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import type { Link } from "../link.ts";
import { aboutLink } from "../link-audit.ts";
import { loadToChange, refuseDeclared } from "../link-rows.ts";
import { isStoredCode } from "../short-code.ts";
import { dropHours, moveAllHours, moveHours } from "./owner-hours.ts";
import { Shares } from "./transfer-copies.ts";

export interface LinkOwnersParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobTransfer: BlobTransfer;
}

/** Who gets links. */
interface Recipient {
  readonly id: number;
  readonly username: string;
}

/** Links that change hands, with their bytes and their visits. */
export class LinkOwners {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #blobTransfer: BlobTransfer;

  constructor({ database, audit, blobTransfer }: LinkOwnersParts) {
    this.#database = database;
    this.#audit = audit;
    this.#blobTransfer = blobTransfer;
  }

  /**
   * Gives every link among `codes` to the user called `to`, in one transaction; tells how many were another's.
   * @throws Problem `forbidden` also where a links.toml declares one of them, `invalid` on `to`, `over_quota`, `busy`
   */
  async give(actor: Actor, codes: readonly string[], to: string): Promise<number> {
    if (!may(actor, "link.transfer"))
      throw new Problem("forbidden", "Only an administrator can give links to others.");
    const wanted = [...new Set(codes)].filter(isStoredCode);
    if (wanted.length === 0) return 0;
    const recipient = await findRecipient(this.#database.lookup, to);
    await using shares = new Shares(this.#database, this.#blobTransfer);
    await shares.copy(wanted, recipient);
    return await this.#database.write(async (trx, touch) => {
      const { id } = await findRecipient(trx, to);
      const loaded = await loadToChange(this.#database, trx, wanted);
      const links = loaded.filter(({ ownerId }) => ownerId !== id);
      await refuseDeclared(trx, links);
      await shares.handOver(trx, links, id);
      await this.#move(trx, touch, links, id);
      const events = links.map((link) => aboutLink("link.given", { ...link, ownerId: id }, { to }));
      await this.#audit.record(trx, actor, ...events);
      return links.length;
    });
  }

  /** Gives all links of one owner's, and what is left of their visits, to another; tells how many links it was. */
  async giveAll(trx: Trx, touch: Touch, from: number, to: number): Promise<number> {
    const codes = await this.#lockAll(trx, from);
    for (const { id, into } of await this.#blobTransfer.transferAll(trx, from, to))
      await trx.updateTable("link").set({ blob_id: into }).where("blob_id", "=", id).execute();
    const toOther = { owner_id: to } as const;
    const undeclared = { ...toOther, declared: 0 } as const;
    const ids = trx.selectFrom("link_search").select("link_id").where("owner_id", "=", from);
    await trx.updateTable("link_rank").set(toOther).where("link_id", "in", ids).execute();
    await trx.updateTable("link_search").set(toOther).where("owner_id", "=", from).execute();
    await trx.updateTable("link").set(undeclared).where("owner_id", "=", from).execute();
    await moveAllHours(trx, from, to);
    for (const code of codes) touch(code);
    return codes.length;
  }

  /** Removes all links of an owner's; `heir` stands for their bytes until these are gone. */
  async removeAll(trx: Trx, touch: Touch, ownerId: number, heir: number): Promise<number> {
    const codes = await this.#lockAll(trx, ownerId);
    const ids = trx.selectFrom("link").select("id").where("owner_id", "=", ownerId);
    await trx.deleteFrom("visit_hour").where("link_id", "in", ids).execute();
    await trx.deleteFrom("link").where("owner_id", "=", ownerId).execute();
    await this.#blobTransfer.releaseAll(trx, ownerId, heir);
    await dropHours(trx, ownerId);
    for (const code of codes) touch(code);
    return codes.length;
  }

  /** In the order of their ids, as everywhere. */
  async #lockAll(trx: Trx, ownerId: number): Promise<string[]> {
    const query = trx.selectFrom("link").select("short_code").where("owner_id", "=", ownerId);
    const { locking } = this.#database.dialect;
    const ordered = query.orderBy("id");
    const rows = await (locking === null ? ordered : ordered.modifyEnd(locking)).execute();
    return rows.map((row) => row.short_code);
  }

  async #move(trx: Trx, touch: Touch, links: readonly Link[], to: number): Promise<void> {
    if (links.length === 0) return;
    const ids = links.map(({ id }) => id);
    await moveHours(trx, ids, to);
    const toOther = { owner_id: to } as const;
    await trx.updateTable("link").set(toOther).where("id", "in", ids).execute();
    await trx.updateTable("link_search").set(toOther).where("link_id", "in", ids).execute();
    await trx.updateTable("link_rank").set(toOther).where("link_id", "in", ids).execute();
    for (const { shortCode } of links) touch(shortCode);
  }
}

async function findRecipient(db: Database["lookup"], username: string): Promise<Recipient> {
  const row = await findUserByName(db, username);
  if (row === undefined) throw invalid("to", "There is no such account.");
  if (row.disabled === 1) throw invalid("to", "This account is disabled.");
  return row;
}
