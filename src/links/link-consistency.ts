import { isDeepStrictEqual } from "node:util";
import type { Database } from "../database/database.ts";
import type { Fault } from "../fault.ts";
import type { LinkRows } from "./link-rows.ts";
import { hasWrongCounts, recount } from "./list/kind-counts.ts";
import { linkFrom, searchRowFrom, selectLinks } from "./rows/link-columns.ts";
import type { ShortCode } from "./short-code.ts";
import { text } from "./text.en.ts";

/** Links per query. */
const PAGE = 1000;

const CODES_NAMED = 3;

/** Compares links with the rows by which lists and searches find them. */
export class LinkConsistency {
  readonly #database: Database;
  readonly #rows: LinkRows;

  constructor({ database, rows }: { readonly database: Database; readonly rows: LinkRows }) {
    this.#database = database;
    this.#rows = rows;
  }

  /** Finds links that lists do not find, or not as they are, or miscount. */
  async *findUnlisted(): AsyncGenerator<Fault> {
    if (await hasWrongCounts(this.#database))
      yield {
        what: text.consistency.miscounted,
        remedy: "trunk8 doctor --fix",
        fix: () => this.#database.write((trx) => recount(trx)),
      };
    for (let last = 0; ; ) {
      const rows = await readPage(this.#database, last);
      const codes = rows.filter(isUnlisted).map(({ short_code }) => short_code);
      if (codes.length > 0) yield this.#describe(codes);
      if (rows.length < PAGE) return;
      last = rows.at(-1)?.id ?? last;
    }
  }

  /** Finds links that were imported without their file. */
  async *findWithoutFile(): AsyncGenerator<Fault> {
    for (let last = 0; ; ) {
      const rows = await this.#database.inspect
        .selectFrom("link")
        .select(["id", "short_code"])
        .where("kind", "not in", ["redirect", "collection"])
        .where("blob_id", "is", null)
        .where("deleted_at", "is", null)
        .where("id", ">", last)
        .orderBy("id")
        .limit(PAGE)
        .execute();
      for (const { short_code: code } of rows)
        yield { what: text.faults.noFile(code), remedy: text.faults.uploadFile(code) };
      if (rows.length < PAGE) return;
      last = rows.at(-1)?.id ?? last;
    }
  }

  #describe(codes: readonly ShortCode[]): Fault {
    const named = codes.slice(0, CODES_NAMED).join(", ");
    return {
      what: text.consistency.outdated(codes.length, named),
      remedy: "trunk8 doctor --fix",
      fix: () => this.#repair(codes),
    };
  }

  async #repair(codes: readonly ShortCode[]): Promise<void> {
    await this.#database.write((trx, touch) =>
      this.#rows.writer(trx, touch).repairSearchRows(codes),
    );
  }
}

/** Links in the order of their ids, each with its search row; its columns are null if there is none. */
async function readPage({ inspect }: Database, after: number) {
  return await selectLinks(inspect)
    .leftJoin("link_search as s", "s.link_id", "link.id")
    .leftJoin("link_rank as r", "r.link_id", "link.id")
    .select(["s.owner_id as foundOwner", "r.owner_id as rankedOwner"])
    .select(["s.kind as foundKind", "s.disabled as foundDisabled", "s.expires_at as foundExpiry"])
    .select(["s.starts_at as foundStart", "s.spent as foundSpent"])
    .select(["s.code as foundCode", "s.text as foundText"])
    .where("link.id", ">", after)
    .where("deleted_at", "is", null)
    .orderBy("link.id")
    .limit(PAGE)
    .execute();
}

type FoundLink = Awaited<ReturnType<typeof readPage>>[number];

function isUnlisted(row: FoundLink): boolean {
  const link = linkFrom(row);
  const found = {
    kind: row.foundKind,
    disabled: row.foundDisabled,
    expires_at: row.foundExpiry,
    starts_at: row.foundStart,
    spent: row.foundSpent,
    code: row.foundCode,
    text: row.foundText,
  };
  const isOwners = row.foundOwner === link.ownerId && row.rankedOwner === link.ownerId;
  return !(isOwners && isDeepStrictEqual(found, searchRowFrom(link)));
}
