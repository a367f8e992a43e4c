import type { Database, Touch, Trx } from "../../database/database.ts";
import { findUserByName } from "../../database/user-by-name.ts";
import type { BlobTransfer } from "../../files/blob-transfer.ts";
import { type Actor, may } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { blobIdsOf, findSharing } from "../history/link-versions.ts";
import type { Link } from "../link.ts";
import { type LinkRows, unrecorded } from "../link-rows.ts";
import { refuseDeclared } from "../rows/declared.ts";
import { aboutLink } from "../rows/link-audit.ts";
import { isStoredCode, type ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import { deleteVisits, moveAllVisits, moveVisits } from "./owner-visits.ts";
import { TransferCopies } from "./transfer-copies.ts";

/** A user who gets links. */
interface NewOwner {
  readonly id: number;
  readonly username: string;
}

interface TransferOptions {
  /** Marks the links that were transferred together, so that it can be undone. */
  readonly batch?: number;
  /** Which of the links are transferred; default: all. */
  readonly isMeant?: (link: Link) => boolean;
  /** Written in the same transaction, with how many links were transferred. */
  readonly also?: ((trx: Trx, count: number) => Promise<void>) | undefined;
}

export interface LinkTransferParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly blobTransfer: BlobTransfer;
}

/** Links of an owner that one transaction transfers or deletes, as long as there are more. */
const PORTION = 1000;

/** Transfers links to other owners, with their content and their visits. */
export class LinkTransfer {
  readonly #parts: LinkTransferParts;

  constructor(parts: LinkTransferParts) {
    this.#parts = parts;
  }

  /**
   * Transfers every link among `codes` to the user called `to`, in one transaction; returns how many had another owner.
   * @throws Problem `forbidden` also where a links.toml declares one of them, `invalid` on `to`, `over_quota`, `busy`
   */
  async transfer(
    actor: Actor,
    codes: readonly string[],
    to: string,
    { batch, isMeant = () => true, also = async () => {} }: TransferOptions = {},
  ): Promise<number> {
    const { database, rows, blobTransfer } = this.#parts;
    const recipient = await this.check(actor, to);
    const known = [...new Set(codes)].filter(isStoredCode);
    if (known.length === 0) return 0;
    await using copies = new TransferCopies(database, blobTransfer);
    await copies.copy(known, recipient);
    return await rows.write(actor, async (writer) => {
      const { id } = await findNewOwner(writer.trx, to);
      const others = (await writer.lock(known)).filter(({ ownerId }) => ownerId !== id);
      const links = others.filter(isMeant);
      await also(writer.trx, links.length);
      if (links.length === 0) return 0;
      await refuseDeclared(writer.trx, links);
      await copies.handOver(writer, links, id);
      await moveVisits(
        writer.trx,
        links.map((link) => link.id),
        id,
      );
      await writer.setOwner(links, id);
      const owners = await namesOf(writer.trx, links);
      for (const link of links) {
        const from = owners.get(link.ownerId) ?? "";
        const undo = batch === undefined ? {} : { batch, revision: link.revision + 1 };
        const details = { from, to, ...undo };
        writer.events.push(aboutLink("link.given", { ...link, ownerId: id }, details));
      }
      return links.length;
    });
  }

  /**
   * Who gets links that are transferred to the user called `to`.
   * @throws Problem `forbidden`, `invalid` on `to`
   */
  async check(actor: Actor, to: string): Promise<NewOwner> {
    if (!may(actor, "link.transfer")) throw new Problem("forbidden", text.access.mayNotTransfer);
    return await findNewOwner(this.#parts.database.lookup, to);
  }

  /**
   * Transfers some links of an owner with many, regardless of the quota; returns how many, none once few are left.
   * So other writers need not wait until all are transferred.
   */
  async transferPortion(trx: Trx, touch: Touch, from: number, to: number): Promise<number> {
    const { database, rows, blobTransfer } = this.#parts;
    const codes = await portionOf(trx, from);
    if (codes.length === 0) return 0;
    const writer = rows.writer(trx, touch);
    const links = (await writer.lock(codes)).filter((link) => link.ownerId === from);
    await using copies = new TransferCopies(database, blobTransfer);
    await copies.handOver(writer, links, to, { ignoresQuota: true });
    const ids = links.map((link) => link.id);
    await moveVisits(trx, ids, to);
    await writer.setOwner(links, to);
    return links.length;
  }

  /** Deletes some links of an owner with many; returns how many, none once few are left. */
  async removePortion(trx: Trx, touch: Touch, ownerId: number, newOwner: number): Promise<number> {
    const codes = await portionOf(trx, ownerId);
    if (codes.length === 0) return 0;
    const writer = this.#parts.rows.writer(trx, touch);
    const links = (await writer.lock(codes)).filter((link) => link.ownerId === ownerId);
    const blobIds = await blobIdsOf(trx, links);
    await writer.remove(links, unrecorded);
    await this.#parts.blobTransfer.handOverUnused(trx, [...new Set(blobIds)], newOwner);
    return links.length;
  }

  /** Transfers all links of an owner and the rest of their visits; returns how many links. */
  async transferAll(trx: Trx, touch: Touch, from: number, to: number): Promise<number> {
    const writer = this.#parts.rows.writer(trx, touch);
    const links = await writer.lockOwned(from);
    for (const { id, into } of await this.#parts.blobTransfer.transferAll(trx, from, to))
      await writer.replaceBlob(id, into);
    await writer.setOwnerOfAll(from, to, links);
    await moveAllVisits(trx, from, to);
    return links.length;
  }

  /** Deletes all links of an owner; `newOwner` owns their files until these are deleted. */
  async removeAll(trx: Trx, touch: Touch, ownerId: number, newOwner: number): Promise<number> {
    const count = await this.#parts.rows.writer(trx, touch).removeOwned(ownerId);
    await this.#parts.blobTransfer.releaseAll(trx, ownerId, newOwner);
    await deleteVisits(trx, ownerId);
    return count;
  }
}

/** Short codes of the first links of an owner, and of those that share stored bytes with them; none if all are few. */
async function portionOf(trx: Trx, ownerId: number): Promise<ShortCode[]> {
  const owned = trx.selectFrom("link").select(["id", "short_code"]);
  const live = owned.where("owner_id", "=", ownerId).where("deleted_at", "is", null);
  const first = await live
    .orderBy("id")
    .limit(PORTION + 1)
    .execute();
  if (first.length <= PORTION) return [];
  const codes = new Map(first.map(({ id, short_code }) => [id, short_code]));
  for (let added = first; added.length > 0; ) {
    const sharing = await findSharing(
      trx,
      added.slice(0, PORTION).map(({ id }) => id),
    );
    const others = sharing.filter(({ id }) => !codes.has(id));
    for (const { id, short_code } of others) codes.set(id, short_code);
    added = [...added.slice(PORTION), ...others];
  }
  return [...codes.values()];
}

async function namesOf(trx: Trx, links: readonly Link[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(links.map(({ ownerId }) => ownerId))];
  const query = trx.selectFrom("user").select(["id", "username"]).where("id", "in", ids);
  return new Map((await query.execute()).map(({ id, username }) => [id, username]));
}

async function findNewOwner(db: Database["lookup"], username: string): Promise<NewOwner> {
  const user = await findUserByName(db, username);
  if (user === undefined) throw invalid("to", text.access.noSuchAccount);
  if (user.disabled === 1) throw invalid("to", text.access.accountDisabled);
  return user;
}
