import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../problem.ts";
import { embeddedDatabase, makeFolders } from "../data-folders.ts";
import { postgresDialect, sqliteDialect } from "../dialect.ts";
import { listMigrations } from "../migrations/migrate.ts";
import { readMark } from "./move-mark.ts";
import type { MoveSide } from "./move-side.ts";
import { makePostgresTables, PostgresSide } from "./postgres-side.ts";
import { SqliteSide } from "./sqlite-side.ts";
import { text } from "./text.en.ts";

/** What stands for the file in the data folder on the command line. */
export const OWN_FILE = "sqlite";

/** What may stand for a database there. */
export const TARGETS = `URL|${OWN_FILE}`;

/** Where one side of a move is. */
export interface SidePlace {
  /** `postgres://...`, or empty for the SQLite file in the data folder. */
  readonly url: string;
  readonly dataFolder: string;
  readonly runFolder: string;
}

/** Whether two addresses are of one database, for whichever user. */
export function isSameDatabase(one: string, other: string): boolean {
  return addressOf(one) === addressOf(other);
}

const DEFAULT_PORT = "5432";

function addressOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  return `${parsed.hostname}:${parsed.port || DEFAULT_PORT}${parsed.pathname}`;
}

/**
 * Opens the database that a site has, whatever version its tables are of.
 * @throws Problem `not_found` if there is none
 */
export async function openAny({ url, dataFolder }: SidePlace): Promise<MoveSide> {
  if (url !== "") return await PostgresSide.connect(url);
  const file = embeddedDatabase(dataFolder);
  if (!existsSync(file)) throw new Problem("not_found", text.noSource(file));
  return new SqliteSide(file);
}

/**
 * Opens the database that a site has, to move it.
 * @throws Problem `not_found` if there is none, `conflict` if its tables are of another version
 */
export async function openSource(place: SidePlace): Promise<MoveSide> {
  await using opened = new AsyncDisposableStack();
  const side = opened.use(await openAny(place));
  await requireSchema(side);
  opened.move();
  return side;
}

/**
 * Opens the database that a site moves to, and makes its tables if it has none.
 * @param stamp in the name of a file of the same site that was moved before, and is set aside
 * @throws Problem `invalid` if it cannot be reached, `conflict` if its tables are of another version, `internal` if they
 * are of a newer one
 */
export async function openTarget(
  place: SidePlace,
  stamp: string,
): Promise<{ readonly side: MoveSide; readonly aside: string | null }> {
  const aside = place.url === "" ? await setMovedAside(place, stamp) : null;
  await makeTables(place);
  return { side: await openSource(place), aside };
}

/** What was left behind by a move is not lost, and not in the way. */
async function setMovedAside({ dataFolder }: SidePlace, stamp: string): Promise<string | null> {
  const file = embeddedDatabase(dataFolder);
  if (!existsSync(file)) return null;
  await using side = new SqliteSide(file);
  const mark = await readMark(side);
  if (mark?.state !== "moved") return null;
  if (await side.isInUse()) throw new Problem("busy", text.targetInUse(file));
  const folder = join(dataFolder, "backups");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // With the mark in it: a start on it is refused, as before.
  const aside = join(folder, `moved-${stamp}.db`);
  await side[Symbol.asyncDispose]();
  await rename(file, aside);
  return aside;
}

async function makeTables({ url, dataFolder, runFolder }: SidePlace): Promise<void> {
  if (url === "") {
    if (existsSync(embeddedDatabase(dataFolder))) return;
    const { openSqlite } = await import("../sqlite/open-sqlite.ts");
    return await (await openSqlite(makeFolders(dataFolder, runFolder))).close();
  }
  await using side = await PostgresSide.connect(url);
  if ((await side.shapes()).size === 0) await makePostgresTables(url);
}

async function requireSchema(side: MoveSide): Promise<void> {
  const dialect = side.kind === "sqlite" ? sqliteDialect : postgresDialect;
  const shapes = await side.shapes();
  const rows = shapes.has("kysely_migration")
    ? await side.all("select name from kysely_migration order by name")
    : [];
  const applied = rows.map(({ name }) => String(name));
  const expected = Object.keys(listMigrations(dialect)).sort();
  if (applied.sort().join() !== expected.join())
    throw new Problem("conflict", text.otherSchema(side.name));
}
