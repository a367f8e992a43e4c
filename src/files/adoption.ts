import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import type { BlobPath, BlobState, StoredBytes, UsedBlob } from "./blob.ts";
import { addUses, changeState, findUsed, IN_USE } from "./blob-rows.ts";
import { credit, holdUsage } from "./quota.ts";
import { text } from "./text.en.ts";

/** Durable bytes of an owner that become a blob: reserved, or left by another program. */
export interface FoundBytes extends StoredBytes {
  readonly path: BlobPath;
  readonly ownerId: number;
}

/** Takes over bytes that an owner already had, regardless of the quota. */
export class Adoption {
  readonly #clock: Clock;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /**
   * Adds a reference and returns the blob in use. If the owner already has identical bytes, that blob is used; the
   * duplicate stays on disk unless it was only reserved.
   * @throws Problem `busy` where the blob at this path is another owner's, or about to be removed
   */
  async adopt(trx: Trx, found: FoundBytes): Promise<UsedBlob> {
    await holdUsage(trx, found.ownerId);
    const row = await findAt(trx, found.path);
    if (row !== undefined && row.owner_id !== found.ownerId) throw belongsToOther(found);
    if (row !== undefined && IN_USE.includes(row.state))
      return await useAgain(trx, { id: row.id, path: found.path });
    const same = await findUsed(trx, found);
    if (same === undefined) return await this.#use(trx, found, row);
    if (row !== undefined)
      await changeState(trx, row.id, { from: "reserved", to: "released", now: this.#clock() });
    return await useAgain(trx, same);
  }

  async #use(trx: Trx, found: FoundBytes, row: BlobAt | undefined): Promise<UsedBlob> {
    if (row?.state === "released") throw belongsToOther(found);
    const { path, ownerId, size, sha256 } = found;
    const bytes = { size, sha256, state: "used", uses: 1, changed_at: this.#clock() } as const;
    // Not checked against the quota: the owner already had the bytes.
    await credit(trx, ownerId, -size);
    if (row === undefined) {
      const insert = trx.insertInto("blob").values({ ...bytes, owner_id: ownerId, path });
      return { ...(await insert.returning("id").executeTakeFirstOrThrow()), path };
    }
    await trx.updateTable("blob").set(bytes).where("id", "=", row.id).execute();
    return { id: row.id, path };
  }
}

interface BlobAt {
  readonly id: number;
  readonly owner_id: number;
  readonly state: BlobState;
}

async function findAt(trx: Trx, path: BlobPath): Promise<BlobAt | undefined> {
  const query = trx.selectFrom("blob").select(["id", "owner_id", "state"]);
  return await query.where("path", "=", path).executeTakeFirst();
}

async function useAgain(trx: Trx, blob: UsedBlob): Promise<UsedBlob> {
  await addUses(trx, blob.id, 1);
  return blob;
}

function belongsToOther({ path }: FoundBytes): Problem {
  return new Problem("busy", text.belongsToOther(path), { retryAfterSeconds: 60 });
}
