import { isDeepStrictEqual } from "node:util";
import type { Database } from "../database/database.ts";
import type { Fault } from "../fault.ts";
import { addSearchRow, linkFrom, loadToChange, searchRowFrom, selectLinks } from "./link-rows.ts";
import type { ShortCode } from "./short-code.ts";
import { text } from "./text.en.ts";

/** Links looked at together. */
const PAGE = 1000;

const CODES_NAMED = 3;

/** Compares links with what lists and searches find them by. */
export class LinkCheckup {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Links that lists do not find, or not as they are. */
  async *findUnlisted(): AsyncGenerator<Fault> {
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
      const rows = await this.#database.read
        .selectFrom("link")
        .select(["id", "short_code"])
        .where("kind", "<>", "redirect")
        .where("blob_id", "is", null)
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
    const more = codes.length > CODES_NAMED ? " and others" : "";
    return {
      what: `Lists do not find these as they are (${codes.length}): ${named}${more}.`,
      remedy: "trunk8 doctor --fix",
      fix: () => this.#fix(codes),
    };
  }

  /** Their ranks begin anew, and come back with the next look at the totals. */
  async #fix(codes: readonly ShortCode[]): Promise<void> {
    await this.#database.write(async (trx) => {
      for (const link of await loadToChange(this.#database, trx, codes)) {
        await trx.deleteFrom("link_search").where("link_id", "=", link.id).execute();
        await trx.deleteFrom("link_rank").where("link_id", "=", link.id).execute();
        await addSearchRow(trx, link);
      }
    });
  }
}

/** Links in the order of their ids, each with what it is found by; that is null where there is nothing. */
async function readPage({ read }: Database, after: number) {
  return await selectLinks(read)
    .leftJoin("link_search as s", "s.link_id", "link.id")
    .leftJoin("link_rank as r", "r.link_id", "link.id")
    .select(["s.owner_id as foundOwner", "r.owner_id as rankedOwner"])
    .select(["s.kind as foundKind", "s.disabled as foundDisabled", "s.expires_at as foundExpiry"])
    .select(["s.code as foundCode", "s.text as foundText"])
    .where("link.id", ">", after)
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
    code: row.foundCode,
    text: row.foundText,
  };
  const isOwners = row.foundOwner === link.ownerId && row.rankedOwner === link.ownerId;
  return !(isOwners && isDeepStrictEqual(found, searchRowFrom(link)));
}
