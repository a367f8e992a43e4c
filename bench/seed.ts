import { type Database, openDatabase } from "../src/database/open.ts";
import { makeShortCode, type ShortCode } from "../src/links/shortcode.ts";
import { parseTarget, type Target } from "../src/links/target.ts";
import { silentLog } from "../src/ops/log.ts";
import { randomFrom, seededDice } from "./chance.ts";

export interface SeededLink {
  readonly shortCode: ShortCode;
  readonly target: Target;
}

const ROWS_AT_ONCE = 500;

/** Makes a data folder that holds the administrator and `count` redirects of theirs, the same in every run. */
export async function seedLinks(dataFolder: string, count: number): Promise<SeededLink[]> {
  const links = makeLinks(count);
  await using database = await openData(dataFolder);
  const ownerId = await insertAdministrator(database);
  for (let at = 0; at < links.length; at += ROWS_AT_ONCE) {
    await insertLinks(database, ownerId, links.slice(at, at + ROWS_AT_ONCE));
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
  const administrator = {
    username: "admin",
    display_name: "Administrator",
    role: "administrator",
    password_hash: null,
    created_at: Date.now(),
  } as const;
  return await database.write(async (trx) => {
    const query = trx.insertInto("user").values({ ...administrator, disabled: 0 });
    return (await query.returning("id").executeTakeFirstOrThrow()).id;
  });
}

async function insertLinks(
  database: Database,
  ownerId: number,
  links: readonly SeededLink[],
): Promise<void> {
  const now = Date.now();
  const rows = links.map(({ shortCode, target }) => ({
    short_code: shortCode,
    owner_id: ownerId,
    kind: "redirect" as const,
    target,
    title: "",
    note: "",
    redirect_status: 302 as const,
    expires_at: null,
    disabled: 0 as const,
    created_at: now,
    updated_at: now,
  }));
  await database.write(async (trx, touch) => {
    for (const { shortCode } of links) touch(shortCode);
    await trx.insertInto("link").values(rows).execute();
  });
}
