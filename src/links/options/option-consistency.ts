import { type SqlBool, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { Fault } from "../../fault.ts";
import { operator } from "../../policy.ts";
import { aliasesFrom, findTaken, MAX_ALIASES } from "../aliases/aliases.ts";
import type { Link } from "../link.ts";
import type { LinkRows } from "../link-rows.ts";
import type { ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";

/** Links per query. */
const PAGE = 1000;

export interface OptionConsistencyParts {
  readonly database: Database;
  readonly rows: LinkRows;
}

/** Compares the options of links with what repeats them, and with each other. */
export class OptionConsistency {
  readonly #database: Database;
  readonly #rows: LinkRows;

  constructor({ database, rows }: OptionConsistencyParts) {
    this.#database = database;
    this.#rows = rows;
  }

  /** Finds links whose further short codes are not those that open them. */
  async *findWrongAliases(): AsyncGenerator<Fault> {
    for (let last = 0; ; ) {
      const links = await this.#readAliases(last);
      const opening = await this.#openingCodes(links.map(({ id }) => id));
      for (const { id, short_code, aliases } of links) {
        const listed = aliasesFrom(aliases);
        const codes = opening.get(id) ?? [];
        const differing = [...listed, ...codes].filter(
          (code) => !(listed.includes(code) && codes.includes(code)),
        );
        if (differing.length > 0)
          yield {
            what: text.consistency.wrongAliases(short_code, differing.join(", ")),
            remedy: "trunk8 doctor --fix",
            fix: () => this.#repairAliases(short_code, codes),
          };
      }
      if (links.length < PAGE) break;
      last = links.at(-1)?.id ?? last;
    }
    yield* this.#findHidden();
  }

  /** Finds links whose visits left do not go with their visit limit. */
  async *findWrongVisits(): AsyncGenerator<Fault> {
    const rows = await this.#database.inspect
      .selectFrom("link")
      .select("short_code")
      .where(makesNoSense)
      .where("deleted_at", "is", null)
      .orderBy("id")
      .limit(PAGE)
      .execute();
    for (const { short_code: code } of rows)
      yield {
        what: text.consistency.wrongVisits(code),
        remedy: "trunk8 doctor --fix",
        fix: () => this.#repairVisits(code),
      };
  }

  /** Links that have further short codes, or should. */
  async #readAliases(after: number) {
    const { inspect } = this.#database;
    return await inspect
      .selectFrom("link")
      .select(["id", "short_code", "aliases"])
      .where((link) =>
        link.or([
          link("aliases", "<>", ""),
          link("id", "in", inspect.selectFrom("link_alias").select("link_id")),
        ]),
      )
      .where("deleted_at", "is", null)
      .where("id", ">", after)
      .orderBy("id")
      .limit(PAGE)
      .execute();
  }

  async #openingCodes(ids: readonly number[]): Promise<ReadonlyMap<number, ShortCode[]>> {
    const codes = new Map<number, ShortCode[]>();
    if (ids.length === 0) return codes;
    const rows = await this.#database.inspect
      .selectFrom("link_alias")
      .select(["link_id", "short_code"])
      .where("link_id", "in", ids)
      .execute();
    for (const row of rows)
      codes.set(row.link_id, [...(codes.get(row.link_id) ?? []), row.short_code]);
    return codes;
  }

  /** Aliases that open another link, which has them as its short code. */
  async *#findHidden(): AsyncGenerator<Fault> {
    const rows = await this.#database.inspect
      .selectFrom("link_alias")
      .innerJoin("link as other", "other.short_code", "link_alias.short_code")
      .innerJoin("link", "link.id", "link_alias.link_id")
      .select(["link_alias.short_code as alias", "link.short_code"])
      .where("link.deleted_at", "is", null)
      .limit(PAGE)
      .execute();
    for (const { alias, short_code } of rows)
      yield {
        what: text.consistency.hiddenAlias(short_code, alias),
        remedy: "trunk8 doctor --fix",
        fix: () => this.#repairAliases(short_code, []),
      };
  }

  /** Those that open the link stay, as far as no other link has them; so do those that are listed and free. */
  async #repairAliases(shortCode: ShortCode, opening: readonly ShortCode[]): Promise<void> {
    await this.#change(shortCode, async (link, trx) => {
      const wanted = [...new Set([...link.aliases, ...opening])];
      const taken = await findTaken(trx, wanted, link.id);
      const free = wanted.filter((code) => code !== shortCode && !taken.has(code));
      return { aliases: free.slice(0, MAX_ALIASES) };
    });
  }

  async #repairVisits(shortCode: ShortCode): Promise<void> {
    await this.#change(shortCode, async ({ visitLimit, visitsLeft }) => {
      if (visitLimit === null) return { visitsLeft: null };
      return { visitsLeft: Math.min(Math.max(visitsLeft ?? visitLimit, 0), visitLimit) };
    });
  }

  async #change(
    shortCode: ShortCode,
    changesOf: (link: Link, trx: Database["read"]) => Promise<Partial<Link>>,
  ): Promise<void> {
    await this.#rows.write(operator, async (writer) => {
      const [link] = await writer.lock([shortCode]);
      if (link !== undefined) await writer.update(link, await changesOf(link, writer.trx));
    });
  }
}

const makesNoSense = sql<SqlBool>`case
  when visit_limit is null then visits_left is not null
  when visits_left is null then 1 = 1
  else visits_left < 0 or visits_left > visit_limit end`;
