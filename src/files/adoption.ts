import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import type { BlobPath, BlobState, StoredBytes } from "./blob.ts";
import type { UsedBlob } from "./blobs.ts";
import { credit, holdUsage } from "./quota.ts";

/** Durable bytes among an owner's that shall be ours: reserved, or where another program left them. */
export interface FoundBytes extends StoredBytes {
  readonly path: BlobPath;
  readonly ownerId: number;
}

/** Takes bytes over that an owner had before they came here, whatever their quota is. */
export class Adoption {
  readonly #clock: Clock;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /**
   * One link more has these bytes, or the same ones where the owner has them already; gives those in use. What is left
   * of two that are the same stays where it lies, unless it was reserved.
   * @throws Problem `busy` where what lies there is another's, or about to be removed
   */
  async adopt(trx: Trx, found: FoundBytes): Promise<UsedBlob> {
    await holdUsage(trx, found.ownerId);
    const row = await findAt(trx, found.path);
    if (row !== undefined && row.owner_id !== found.ownerId) throw notOurs(found);
    if (row?.state === "used" || row?.state === "in_place")
      return await this.#useOnceMore(trx, { id: row.id, path: found.path });
    const twin = await findTwin(trx, found);
    if (twin === undefined) return await this.#use(trx, found, row);
    if (row?.state === "reserved") await this.#setState(trx, row.id, "released");
    return await this.#useOnceMore(trx, twin);
  }

  async #useOnceMore(trx: Trx, blob: UsedBlob): Promise<UsedBlob> {
    await trx
      .updateTable("blob")
      .set((row) => ({ uses: row("uses", "+", 1) }))
      .where("id", "=", blob.id)
      .execute();
    return blob;
  }

  async #use(trx: Trx, found: FoundBytes, row: BlobAt | undefined): Promise<UsedBlob> {
    if (row?.state === "released") throw notOurs(found);
    const { path, ownerId, size, sha256 } = found;
    const bytes = { size, sha256, state: "used", uses: 1, changed_at: this.#clock() } as const;
    // Without asking the quota: the bytes were the owner's before.
    await credit(trx, ownerId, -size);
    if (row === undefined) {
      const insert = trx.insertInto("blob").values({ ...bytes, owner_id: ownerId, path });
      return { ...(await insert.returning("id").executeTakeFirstOrThrow()), path };
    }
    await trx.updateTable("blob").set(bytes).where("id", "=", row.id).execute();
    return { id: row.id, path };
  }

  async #setState(trx: Trx, id: number, state: BlobState): Promise<void> {
    const columns = { state, changed_at: this.#clock() };
    await trx.updateTable("blob").set(columns).where("id", "=", id).execute();
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

async function findTwin(trx: Trx, { ownerId, sha256 }: FoundBytes): Promise<UsedBlob | undefined> {
  return await trx
    .selectFrom("blob")
    .select(["id", "path"])
    .where("owner_id", "=", ownerId)
    .where("sha256", "=", sha256)
    .where("state", "=", "used")
    .executeTakeFirst();
}

function notOurs({ path }: FoundBytes): Problem {
  const message = `${path} is not this owner's, or about to be removed. Try again in a minute.`;
  return new Problem("busy", message, { retryAfterSeconds: 60 });
}
