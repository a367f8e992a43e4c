import type { Database, Trx } from "../../database/database.ts";
import type { Dialect } from "../../database/dialect.ts";
import { invalid } from "../../problem.ts";
import type { Link } from "../link.ts";
import { isStoredCode, parseShortCode, type ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";

/** Most further short codes of a link. */
export const MAX_ALIASES = 20;

/** The short codes of a link. */
export type LinkCodes = Pick<Link, "shortCode" | "aliases">;

/** All short codes under which a link is opened. */
export function codesOf({ shortCode, aliases }: LinkCodes): readonly ShortCode[] {
  return aliases.length === 0 ? [shortCode] : [shortCode, ...aliases];
}

/** The short codes that a new link asks for. */
export function codesAskedFor({
  shortCode,
  aliases,
}: Pick<LinkCodes, "aliases"> & { readonly shortCode: ShortCode | null }): readonly ShortCode[] {
  return shortCode === null ? aliases : codesOf({ shortCode, aliases });
}

/** The short codes that a link has after changes and had not before. */
export function addedCodes(before: LinkCodes, after: LinkCodes): readonly ShortCode[] {
  const former = codesOf(before);
  return codesOf(after).filter((code) => !former.includes(code));
}

/** Aliases as `link.aliases` keeps them: no short code has a space. */
export function aliasesFrom(stored: string): readonly ShortCode[] {
  return stored === "" ? none : (stored.split(" ") as ShortCode[]);
}

/** One for all links without aliases. */
const none: readonly ShortCode[] = [];

/**
 * Checks aliases; those among `former` may be older than the rules for short codes.
 * @throws Problem `invalid` on `aliases`
 */
export function parseAliases(
  given: readonly string[],
  former: readonly string[] = [],
): readonly ShortCode[] {
  const codes = [...new Set(given.map((code) => code.trim()))].filter((code) => code !== "");
  if (codes.length > MAX_ALIASES) throw invalid("aliases", text.aliases.tooMany(MAX_ALIASES));
  return codes.map((code) =>
    former.includes(code) && isStoredCode(code) ? code : parseShortCode(code, "aliases"),
  );
}

/** The codes of a row. */
export function codesFrom(row: { short_code: ShortCode; aliases: string }): LinkCodes {
  return { shortCode: row.short_code, aliases: aliasesFrom(row.aliases) };
}

/**
 * A short code that replaces that of a link; undefined where it is the same, or none is given.
 * @throws Problem `invalid` on `short_code`
 */
export function newCode(given: unknown, { shortCode }: LinkCodes): ShortCode | undefined {
  if (given === undefined || given === null || given === shortCode) return undefined;
  if (typeof given !== "string") throw invalid("short_code", text.input.noText);
  const code = given.trim();
  return code === "" || code === shortCode ? undefined : parseShortCode(code);
}

/** What is asked of the short codes of a link. */
export interface CodeChanges {
  readonly shortCode?: ShortCode;
  readonly aliases?: readonly ShortCode[];
  /** Whether a short code that is replaced becomes an alias; absent: it does. */
  readonly keepAlias?: boolean;
}

/**
 * The short codes of a link after changes.
 * @throws Problem `invalid` on `aliases` where they come to too many
 */
export function changedCodes(
  link: LinkCodes,
  { shortCode = link.shortCode, aliases = link.aliases, keepAlias = true }: CodeChanges,
): LinkCodes {
  const former = shortCode !== link.shortCode && keepAlias ? [link.shortCode] : [];
  const wanted = new Set([...aliases, ...former]);
  wanted.delete(shortCode);
  if (!keepAlias && shortCode !== link.shortCode) wanted.delete(link.shortCode);
  if (wanted.size > MAX_ALIASES) throw invalid("aliases", text.aliases.tooMany(MAX_ALIASES));
  return isSame([...wanted], link.aliases)
    ? { shortCode, aliases: link.aliases }
    : { shortCode, aliases: [...wanted] };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((code) => others.includes(code));
}

/** Until the transaction ends, no other takes a short code that is not taken yet. */
export async function holdCodes(trx: Trx, { holdCodes: hold }: Dialect): Promise<void> {
  if (hold !== null) await hold.execute(trx);
}

/** Short codes per query. */
const MOST_CODES = 500;

/** Those of `codes` that another link than that of `linkId` has, as its short code or as an alias. */
export async function findTaken(
  db: Database["read"],
  codes: readonly ShortCode[],
  linkId = 0,
): Promise<ReadonlySet<ShortCode>> {
  const taken = new Set<ShortCode>();
  for (let at = 0; at < codes.length; at += MOST_CODES) {
    const some = codes.slice(at, at + MOST_CODES);
    const links = db.selectFrom("link").select("short_code").where("id", "<>", linkId);
    const aliases = db.selectFrom("link_alias").select("short_code").where("link_id", "<>", linkId);
    const query = links
      .where("short_code", "in", some)
      .unionAll(aliases.where("short_code", "in", some));
    for (const row of await query.execute()) taken.add(row.short_code);
  }
  return taken;
}

/** The short codes of an owner's links that have one of `codes` as an alias. */
export async function findHolders(
  db: Database["read"],
  ownerId: number,
  codes: readonly ShortCode[],
): Promise<ShortCode[]> {
  const holders: ShortCode[] = [];
  for (let at = 0; at < codes.length; at += MOST_CODES) {
    const query = db
      .selectFrom("link_alias")
      .innerJoin("link", "link.id", "link_alias.link_id")
      .select("link.short_code")
      .where("link_alias.short_code", "in", codes.slice(at, at + MOST_CODES))
      .where("owner_id", "=", ownerId);
    holders.push(...(await query.execute()).map((row) => row.short_code));
  }
  return [...new Set(holders)];
}

/** @throws Problem `invalid` on `short_code` or `aliases` where another link than `link` has one of `codes` */
export async function refuseTaken(
  db: Database["read"],
  { id, shortCode }: Link,
  codes: readonly ShortCode[],
): Promise<void> {
  const [taken] = await findTaken(db, codes, id);
  if (taken === undefined) return;
  throw invalid(taken === shortCode ? "short_code" : "aliases", text.shortCode.taken(taken));
}

/** Replaces the rows by which a link is found under its aliases. */
export async function replaceAliases(trx: Trx, { id, aliases }: Link): Promise<void> {
  await trx.deleteFrom("link_alias").where("link_id", "=", id).execute();
  if (aliases.length === 0) return;
  const rows = aliases.map((short_code) => ({ short_code, link_id: id }));
  await trx.insertInto("link_alias").values(rows).execute();
}
