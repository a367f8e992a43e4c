import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Fault } from "../fault.ts";
import type { BlobPath, BlobState, BlobStore, StoredBytes } from "./blob.ts";
import { IN_USE } from "./blob-rows.ts";
import { holdUsage } from "./quota.ts";
import { text } from "./text.en.ts";

interface CheckedBlob extends StoredBytes {
  readonly id: number;
  readonly path: BlobPath;
}

/** Number of blobs per query. */
const PAGE = 200;

/** Maximum number of affected links that are named. */
const MAX_CODES = 3;

/** Compares rows with stored bytes, and sums with their parts. */
export class BlobConsistency {
  readonly #database: Database;
  readonly #store: BlobStore;

  constructor({ database, store }: { readonly database: Database; readonly store: BlobStore }) {
    this.#database = database;
    this.#store = store;
  }

  /** Finds missing or damaged bytes in use: by size, or with `isDeep` by hash. */
  async *findDamaged(isDeep: boolean): AsyncGenerator<Fault> {
    for await (const page of this.#pages()) {
      const sizes = await Promise.all(page.map(({ path }) => this.#store.measure(path)));
      for (const [at, blob] of page.entries()) {
        const describe = await this.#findDamage(blob, sizes[at] ?? null, isDeep);
        if (describe !== null && (await this.#isUnchanged(blob)))
          yield {
            what: describe(await this.#codesOf(blob)),
            remedy: text.faults.restoreFile(blob.path),
          };
      }
    }
  }

  /** Finds accounts whose recorded usage is wrong. */
  async *findWrongUsage(): AsyncGenerator<Fault> {
    for (const { id, username, recorded, counted } of await this.#wrongUsages()) {
      yield {
        what: text.faults.wrongUsage(username, counted, recorded),
        remedy: text.faults.fix,
        fix: () => this.#fixUsage(id),
      };
    }
  }

  /** Finds blobs whose recorded number of links is wrong. */
  async *findWrongUses(): AsyncGenerator<Fault> {
    for (const { id, ownerId, path, state, recorded, counted } of await this.#wrongUses()) {
      const what = text.faults.wrongUses(path, counted, recorded, state);
      const isSafe = counted > 0 && IN_USE.includes(state);
      yield isSafe
        ? { what, remedy: text.faults.fix, fix: () => this.#fixUses(ownerId, id) }
        : { what, remedy: text.faults.report };
    }
  }

  async *#pages(): AsyncGenerator<CheckedBlob[]> {
    for (let last = 0; ; ) {
      const page = await this.#database.inspect
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

  /** Returns the description of the damage, which needs the codes of affected links. */
  async #findDamage(
    { path, size, sha256 }: CheckedBlob,
    found: number | null,
    isDeep: boolean,
  ): Promise<((codes: string) => string) | null> {
    if (found === null) return (codes) => text.faults.missing(path, codes);
    if (found !== size) return (codes) => text.faults.wrongSize(path, found, size, codes);
    if (!isDeep || (await hashOf(this.#store.read(path))) === sha256) return null;
    return (codes) => text.faults.wrongBytes(path, codes);
  }

  /** In the meantime, its last link may have been deleted, or its owner have changed it. */
  async #isUnchanged({ id, size, sha256 }: CheckedBlob): Promise<boolean> {
    const query = this.#database.inspect.selectFrom("blob").select("id").where("id", "=", id);
    const same = query.where("state", "in", IN_USE).where("size", "=", size);
    return (await same.where("sha256", "=", sha256).executeTakeFirst()) !== undefined;
  }

  async #codesOf({ id }: CheckedBlob): Promise<string> {
    const links = this.#database.inspect.selectFrom("link").select("short_code");
    const versions = this.#database.inspect.selectFrom("link_version").select("link_id");
    const files = this.#database.inspect.selectFrom("link_file").select("link_id");
    const rows = await links
      .where("blob_id", "=", id)
      .union(links.where("id", "in", versions.where("blob_id", "=", id)))
      .union(links.where("id", "in", files.where("blob_id", "=", id)))
      .limit(MAX_CODES)
      .execute();
    return rows.map(({ short_code }) => short_code).join(", ");
  }

  async #wrongUsages() {
    const { rows } = await sql<{ id: number; username: string; recorded: number; counted: number }>`
      select u.id, u.username, coalesce(g.bytes, 0) as recorded,
        cast(coalesce(sum(b.size), 0) as bigint) as counted
      from "user" as u
      left join blob_usage as g on g.owner_id = u.id
      left join blob as b on b.owner_id = u.id and b.state = 'used'
      group by u.id, u.username, g.bytes
      having coalesce(g.bytes, 0) <> coalesce(sum(b.size), 0)`.execute(this.#database.inspect);
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
      readonly recorded: number;
      readonly counted: number;
    }
    const { rows } = await sql<Row>`
      select b.id, b.owner_id as "ownerId", b.path, b.state, b.uses as recorded,
        count(r.blob_id) as counted
      from blob as b left join (select blob_id from link union all select blob_id from link_version
        union all select blob_id from link_file) as r on r.blob_id = b.id
      group by b.id, b.owner_id, b.path, b.state, b.uses
      having b.uses <> count(r.blob_id)`.execute(this.#database.inspect);
    return rows;
  }

  async #fixUses(ownerId: number, blobId: number): Promise<void> {
    await this.#database.write(async (trx) => {
      await holdUsage(trx, ownerId);
      await sql`update blob set uses = (select count(*) from link where blob_id = ${blobId})
        + (select count(*) from link_version where blob_id = ${blobId})
        + (select count(*) from link_file where blob_id = ${blobId})
        where id = ${blobId}`.execute(trx);
    });
  }
}

async function hashOf(bytes: Blob): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of bytes.stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
