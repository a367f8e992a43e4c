import type { User } from "../src/accounts/user.ts";
import { type Database, openDatabase, type Trx } from "../src/database/open.ts";
import { makeShortCode, type ShortCode } from "../src/links/shortcode.ts";
import { parseTarget, type Target } from "../src/links/target.ts";
import { searchedText } from "../src/links/words.ts";
import { silentLog } from "../src/ops/log.ts";
import { randomFrom, seededDice } from "./chance.ts";

export interface SeededLink {
  readonly shortCode: ShortCode;
  readonly target: Target;
}

const ROWS_AT_ONCE = 500;

const unused = { title: "", expiresAt: null, disabled: false, visits: 0, lastVisitAt: null };

/** Makes a data folder that holds the administrator and `count` redirects of theirs, the same in every run. */
export async function seedLinks(dataFolder: string, count: number): Promise<SeededLink[]> {
  const links = makeLinks(count);
  await using database = await openData(dataFolder);
  const ownerId = await insertAdministrator(database);
  for (let at = 0; at < links.length; at += ROWS_AT_ONCE) {
    const batch = links.slice(at, at + ROWS_AT_ONCE);
    await insertUsedLinks(
      database,
      batch.map((link) => ({ ...link, ...unused, ownerId })),
    );
  }
  return links;
}

/** Opens a data folder that no server is using. */
export async function openData(dataFolder: string): Promise<Database & AsyncDisposable> {
  const log = silentLog();
  const database = await openDatabase({ url: "", poolSize: 2, dataFolder, log });
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

/** No two codes differ in case only: nginx's map would take them for one. */
function makeLinks(count: number): SeededLink[] {
  const random = randomFrom(seededDice(1));
  const links = new Map<string, SeededLink>();
  while (links.size < count) {
    const shortCode = makeShortCode(random);
    links.set(shortCode.toLowerCase(), { shortCode, target: targetOf(links.size) });
  }
  return [...links.values()];
}

function targetOf(at: number): Target {
  const url = `https://www.shop${at % 997}.example/products/${at}?utm_source=newsletter&utm_campaign=autumn`;
  return parseTarget(url, { schemes: ["https"] });
}

async function insertAdministrator(database: Database): Promise<number> {
  return await insertUser(database, { username: "admin", role: "administrator" });
}

/** Gives the new user's id. */
export async function insertUser(
  database: Database,
  { username, role }: Pick<User, "username" | "role">,
): Promise<number> {
  const row = { username, display_name: username, role, password_hash: null, disabled: 0 } as const;
  return await database.write(async (trx) => {
    const query = trx.insertInto("user").values({ ...row, created_at: Date.now() });
    return (await query.returning("id").executeTakeFirstOrThrow()).id;
  });
}

/** A link as it may stand after years of use. */
export interface UsedLink extends SeededLink {
  readonly ownerId: number;
  readonly title: string;
  readonly expiresAt: number | null;
  readonly disabled: boolean;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** Writes links, what lists keep of them, and their totals, in one transaction. */
export async function insertUsedLinks(
  database: Database,
  links: readonly UsedLink[],
): Promise<void> {
  await database.write(async (trx, touch) => {
    for (const { shortCode } of links) touch(shortCode);
    const query = trx.insertInto("link").values(links.map(linkRow));
    const ids = await query.returning(["id", "short_code"]).execute();
    const idOf = new Map(ids.map(({ id, short_code }) => [short_code, id]));
    const rows = links.map((link) => ({ link, link_id: idOf.get(link.shortCode) ?? 0 }));
    await trx.insertInto("link_search").values(rows.map(searchRow)).execute();
    await rank(trx, rows);
    const totals = rows.flatMap(totalRows);
    if (totals.length > 0) await trx.insertInto("link_total").values(totals).execute();
  });
}

async function rank(trx: Trx, rows: readonly Numbered[]): Promise<void> {
  await trx
    .insertInto("link_rank")
    .values(rows.map(rankRow))
    .onConflict((made) =>
      made.column("link_id").doUpdateSet((row) => ({
        visits: row.ref("excluded.visits"),
        last_visit_at: row.ref("excluded.last_visit_at"),
      })),
    )
    .execute();
}

function linkRow({ shortCode, ownerId, target, title, expiresAt, disabled }: UsedLink) {
  const now = Date.now();
  return {
    short_code: shortCode,
    owner_id: ownerId,
    kind: "redirect",
    target,
    title,
    note: "",
    redirect_status: 302,
    expires_at: expiresAt,
    disabled: disabled ? 1 : 0,
    created_at: now,
    updated_at: now,
  } as const;
}

interface Numbered {
  readonly link: UsedLink;
  readonly link_id: number;
}

function searchRow({ link, link_id }: Numbered) {
  const { owner_id, kind, disabled, expires_at } = linkRow(link);
  return {
    link_id,
    owner_id,
    kind,
    disabled,
    expires_at,
    ...searchedText({ ...link, content: null }),
  };
}

function rankRow({ link: { ownerId, visits, lastVisitAt }, link_id }: Numbered) {
  return { link_id, owner_id: ownerId, visits, last_visit_at: lastVisitAt };
}

function totalRows({ link: { visits, lastVisitAt }, link_id }: Numbered) {
  return lastVisitAt === null ? [] : [{ link_id, visits, last_visit_at: lastVisitAt }];
}
