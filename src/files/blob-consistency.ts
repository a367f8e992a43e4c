import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Fault } from "../fault.ts";
import type { BlobPath, BlobState, BlobStore, StoredBytes } from "./blob.ts";
import { holdUsage } from "./quota.ts";

interface CheckedBlob extends StoredBytes {
  readonly id: number;
  readonly path: BlobPath;
}

/** Blobs looked at together. */
const PAGE = 200;

/** Links that are named of those that have a broken file. */
const LINKS_NAMED = 3;

const IN_USE: readonly BlobState[] = ["used", "in_place"];

/** Compares what is known of stored bytes with the bytes, and sums with what they are the sums of. */
export class BlobConsistency {
  readonly #database: Database;
  readonly #store: BlobStore;

  constructor({ database, store }: { readonly database: Database; readonly store: BlobStore }) {
    this.#database = database;
    this.#store = store;
  }

  /** Bytes in use that are missing, or not what was stored: by their size, or with `isDeep` by their hash. */
  async *findDamaged(isDeep: boolean): AsyncGenerator<Fault> {
    for await (const page of this.#pages()) {
      const sizes = await Promise.all(page.map(({ path }) => this.#store.measure(path)));
      for (const [at, blob] of page.entries()) {
        const damage = await this.#damageOf(blob, sizes[at] ?? null, isDeep);
        if (damage !== null && (await this.#isStill(blob)))
          yield await this.#describe(blob, damage);
      }
    }
  }

  /** Accounts whose files come to another sum than is noted. */
  async *findWrongUsage(): AsyncGenerator<Fault> {
    for (const { id, username, noted, counted } of await this.#wrongUsages()) {
      yield {
        what: `The files of ${username} come to ${counted} bytes, and ${noted} are noted.`,
        remedy: "trunk8 doctor --fix",
        fix: () => this.#fixUsage(id),
      };
    }
  }

  /** Blobs that are noted to be in another number of links than they are. */
  async *findWrongUses(): AsyncGenerator<Fault> {
    for (const { id, ownerId, path, state, noted, counted } of await this.#wrongUses()) {
      const what = `${path} is in ${counted} links, and ${noted} are noted (${state}).`;
      const isSafe = counted > 0 && IN_USE.includes(state);
      yield isSafe
        ? { what, remedy: "trunk8 doctor --fix", fix: () => this.#fixUses(ownerId, id) }
        : { what, remedy: "Report this: Trunk8 keeps the two together. Nothing was changed." };
    }
  }

  async *#pages(): AsyncGenerator<CheckedBlob[]> {
    for (let last = 0; ; ) {
      const page = await this.#database.read
        .selectFrom("blob")
        .select(["id", "path", "size", "sha256"])
        .where("state", "in", IN_USE)
        .where("id", ">", last)
        .orderBy("id")
        .limit(PAGE)
        .execute();
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      last = page.at(-1)?.id ?? last;
    }
  }

  async #damageOf(
    { path, size, sha256 }: CheckedBlob,
    found: number | null,
    isDeep: boolean,
  ): Promise<string | null> {
    if (found === null) return "is missing";
    if (found !== size) return `has ${found} bytes and should have ${size}`;
    if (!isDeep) return null;
    return (await hashOf(this.#store.read(path))) === sha256
      ? null
      : "has other bytes than were stored";
  }

  /** Meanwhile its last link may have gone, and its bytes with it, or its owner have changed it. */
  async #isStill({ id, size, sha256 }: CheckedBlob): Promise<boolean> {
    const query = this.#database.read.selectFrom("blob").select("id").where("id", "=", id);
    const same = query.where("state", "in", IN_USE).where("size", "=", size);
    return (await same.where("sha256", "=", sha256).executeTakeFirst()) !== undefined;
  }

  async #describe({ id, path }: CheckedBlob, damage: string): Promise<Fault> {
    const rows = await this.#database.read
      .selectFrom("link")
      .select("short_code")
      .where("blob_id", "=", id)
      .limit(LINKS_NAMED)
      .execute();
    const links = rows.map(({ short_code }) => short_code).join(", ");
    return {
      what: `users/${path} ${damage}. It is what these hand out: ${links}.`,
      remedy: `Copy users/${path} out of a backup, or upload the file again.`,
    };
  }

  async #wrongUsages() {
    const { rows } = await sql<{ id: number; username: string; noted: number; counted: number }>`
      select u.id, u.username, coalesce(g.bytes, 0) as noted,
        cast(coalesce(sum(b.size), 0) as bigint) as counted
      from "user" as u
      left join blob_usage as g on g.owner_id = u.id
      left join blob as b on b.owner_id = u.id and b.state = 'used'
      group by u.id, u.username, g.bytes
      having coalesce(g.bytes, 0) <> coalesce(sum(b.size), 0)`.execute(this.#database.read);
    return rows;
  }

  async #fixUsage(ownerId: number): Promise<void> {
    await this.#database.write(async (trx) => {
      await holdUsage(trx, ownerId);
      await sql`update blob_usage set bytes = (select cast(coalesce(sum(size), 0) as bigint)
        from blob where owner_id = ${ownerId} and state = 'used')
        where owner_id = ${ownerId}`.execute(trx);
    });
  }

  async #wrongUses() {
    interface Row {
      readonly id: number;
      readonly ownerId: number;
      readonly path: string;
      readonly state: BlobState;
      readonly noted: number;
      readonly counted: number;
    }
    const { rows } = await sql<Row>`
      select b.id, b.owner_id as "ownerId", b.path, b.state, b.uses as noted, count(l.id) as counted
      from blob as b left join link as l on l.blob_id = b.id
      group by b.id, b.owner_id, b.path, b.state, b.uses
      having b.uses <> count(l.id)`.execute(this.#database.read);
    return rows;
  }

  async #fixUses(ownerId: number, blobId: number): Promise<void> {
    await this.#database.write(async (trx) => {
      await holdUsage(trx, ownerId);
      await sql`update blob set uses = (select count(*) from link where blob_id = ${blobId})
        where id = ${blobId}`.execute(trx);
    });
  }
}

async function hashOf(bytes: Blob): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of bytes.stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
