/** Databases to move, for the tests of moves. */
import { Database as Connection } from "bun:sqlite";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import {
  type MoveOrder,
  type MoveReport,
  moveDatabase,
} from "../../../src/database/move/move-database.ts";
import type { MoveSide } from "../../../src/database/move/move-side.ts";
import { openSource, openTarget } from "../../../src/database/move/open-side.ts";
import { unpack } from "../../upgrade/fixture.ts";
import { openSite } from "../../upgrade/site.ts";

export const HOST = "this-machine";

/** The site of the upgrade tests, with everything that a site can have, and values that are hard to copy. */
export async function makeFullSite(dataFolder: string): Promise<void> {
  unpack("sqlite-site.tar.gz", dataFolder);
  const site = await openSite({ dataFolder });
  await site.app.visits.flush();
  await site.close();
  using db = new Connection(join(dataFolder, "trunk8.db"));
  db.run(
    "update link_total set visits = 9007199254740993 where link_id = (select min(link_id) from link_total)",
  );
  db.run("update user set display_name = ? where username = 'admin'", [
    "A\\'\"\n\t,{}\u0001 \u{1f600} NULL",
  ]);
  db.run("insert into link_unique values ((select min(id) from link), 20000, 3, ?)", [allBytes]);
  db.run("insert into owner_unique values (0, 20000, 3, ?)", [new Uint8Array(0)]);
  db.run("update sqlite_sequence set seq = seq + 1000 where name in ('link', 'audit_event')");
  const insert = db.query("insert into sent_form (key, link_id, at) values (?, null, ?)");
  db.transaction(() => {
    for (let at = 0; at < KEYS; at++) insert.run(`${LETTERS[at % LETTERS.length]}${at * 7919}`, at);
  })();
}

const allBytes = Uint8Array.from({ length: 256 }, (_, at) => at);

/** More rows than a batch has, with keys that languages sort otherwise than bytes. */
const KEYS = 4500;
const LETTERS = ["a", "B", "Z", "\u00e4", "_", "-", "\u{1f600}", "\uffee", "i", "I", " "];

export interface Sides {
  readonly source: MoveSide;
  readonly target: MoveSide;
}

/** Opens both sides; "" is the file of the data folder. */
export async function openSides(dataFolder: string, from: string, to: string): Promise<Sides> {
  const place = { dataFolder, runFolder: join(dataFolder, "run") };
  const source = await openSource({ ...place, url: from });
  const { side } = await openTarget({ ...place, url: to }, String(Date.now()));
  return { source, target: side };
}

/** Moves between opened sides, and closes them. */
export async function move(sides: Sides, more: Partial<MoveOrder> = {}): Promise<MoveReport> {
  try {
    return await moveDatabase({
      ...sides,
      host: HOST,
      makeId: randomUUID,
      onProgress: () => {},
      switchTo: async () => {},
      waitUntilUnused: async () => {},
      ...more,
    });
  } finally {
    await sides.source[Symbol.asyncDispose]();
    await sides.target[Symbol.asyncDispose]();
  }
}

/** Every row of every table of an SQLite file, read without our code; each table sorted. */
export function everySqliteRow(dataFolder: string): Record<string, readonly string[]> {
  using db = new Connection(join(dataFolder, "trunk8.db"), { safeIntegers: true });
  db.run("insert into link_word (link_word) values ('integrity-check')");
  const names = db.query("select name from sqlite_master where type = 'table' order by name").all();
  const kept = (names as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => !/^(link_word_|sqlite_stat|kysely|database_move)/.test(name));
  return Object.fromEntries(
    kept.map((name) => {
      const rows = db.query(`select * from "${name}"`).all();
      return [name, rows.map((row) => JSON.stringify(row, inDigits)).sort()];
    }),
  );
}

function inDigits(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
