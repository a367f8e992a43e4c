import { Database } from "bun:sqlite";
import { join } from "node:path";
import { dimensionNames, dimensions } from "../../src/visits/dimension.ts";
import {
  DAY_MS,
  firstVisitId,
  QUARTER_MS,
  QUARTERS_A_DAY,
  visitIdOf,
} from "../../src/visits/quarter.ts";
import { ALL_OWNERS } from "../../src/visits/reports/report.ts";
import { CLASSES } from "../../src/visits/sum-columns.ts";
import { HUMAN } from "../../src/visits/visit.ts";
import { fillLinks } from "../seed/fill.ts";
import { keepSeed, openData, type Seed } from "../seed/keep-seed.ts";
import { linksUpTo } from "../seed/links.ts";
import { insertUser } from "../seed/users.ts";
import { makeVisits, type RandomVisits, valuesOf } from "./random-visits.ts";

/** Owners of the links. */
export const OWNERS = 20;

/** When reports are counted: the seed is the same on every day. */
export const NOW = Date.UTC(2026, 5, 30, 12);

/** Days of single visits, to the end of yesterday, and how often their sums are repeated for the days before. */
const SINGLE_DAYS = 90;
const REPEATED = 4;

/** Of so many links, one has sums by day: these are most of the rows, and a report reads those of one link only. */
const WITH_DAYS = 20;

/** The first links, which are opened most, all have them. */
const HOT = 1000;

const TODAY = NOW / DAY_MS - 0.5;
const FIRST_DAY = TODAY - SINGLE_DAYS;

/** More than there are values of a dimension, and days. */
const PLACES = 256;
const DAYS = 128;

export interface VisitSeed extends Seed {
  readonly links: number;
  readonly visits: number;
}

/** How much is written. */
export interface SeedSize {
  readonly links: number;
  /** Single visits. */
  readonly single: number;
  /** How often sums are repeated. */
  readonly repeated: number;
  /** Of so many links, one has sums by day. */
  readonly withDays: number;
}

/** Links with visits of a year, of which those of the last quarter are there as single ones. */
export async function seedVisits(links: number, visits: number): Promise<VisitSeed> {
  const size = { links, single: visits / REPEATED, repeated: REPEATED, withDays: WITH_DAYS };
  const seed = await keepSeed({
    name: `visits-${links}-${visits}`,
    bytes: links * 300 + visits * 150,
    make: async (dataFolder) => {
      await makeLinks(dataFolder, links);
      writeVisits(join(dataFolder, "trunk8.db"), size);
    },
  });
  return { ...seed, links, visits };
}

/** Links by number, each of another owner than the one before; ids of both begin at 1. */
export async function makeLinks(dataFolder: string, count: number): Promise<void> {
  {
    await using database = await openData(dataFolder);
    for (let at = 0; at < OWNERS; at++) {
      const role = at === 0 ? "administrator" : "user";
      await insertUser(database, { username: at === 0 ? "admin" : `user${at}`, role });
    }
  }
  const unused = { title: "", expiresAt: null, disabled: false, visits: 0, lastVisitAt: null };
  function* used() {
    let id = 1;
    for (const link of linksUpTo(count)) yield { ...link, ...unused, ownerId: ownerOf(id++) };
  }
  fillLinks(dataFolder, used(), { searchable: false });
}

/** The visits of a seed, for its tests. */
export function visitsOf({ links, single }: Pick<SeedSize, "links" | "single">): RandomVisits {
  const [firstQuarter, endQuarter] = [FIRST_DAY * QUARTERS_A_DAY, TODAY * QUARTERS_A_DAY];
  return makeVisits({ links, count: single, firstQuarter, endQuarter });
}

/** Writes the rows that saving would write, each table in the order of its key. */
export function writeVisits(file: string, size: SeedSize): void {
  using db = new Database(file);
  for (const pragma of ["journal_mode = off", "synchronous = off", "cache_size = -1000000"])
    db.run(`pragma ${pragma}`);
  const visits = visitsOf(size);
  db.transaction(() => {
    const firstIds = writeValues(db);
    writeSingle(db, visits, firstIds);
    writeTotals(db, visits, size);
    writeQuarters(db, visits, size);
    writeDays(db, visits, size, firstIds);
    writeUnique(db, visits, size);
  })();
}

function ownerOf(linkId: number): number {
  return 1 + ((linkId - 1) % OWNERS);
}

/** Returns the id of the first value of each dimension. */
function writeValues(db: Database): readonly number[] {
  const insert = db.query("insert into visit_value (dimension, value, day) values (?, ?, 0)");
  return dimensionNames.map((name) => {
    const ids = valuesOf(name).map((value) => insert.run(dimensions[name], value).lastInsertRowid);
    return Number(ids[0]);
  });
}

function writeSingle(db: Database, visits: RandomVisits, firstIds: readonly number[]): void {
  const { linkIds, quarters, ms, classes, places } = visits;
  const names = ["id", "link_id", "class", "ms", ...dimensionNames];
  const insert = db.query(
    `insert into visit (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
  );
  const series = db.query("insert into visit_series (quarter, visits) values (?, ?)");
  const row = new Array<number>(names.length).fill(0);
  let [quarter, number] = [quarters[0] ?? 0, 0];
  for (let at = 0; at <= linkIds.length; at++) {
    const next = quarters[at] ?? Number.NaN;
    if (next !== quarter) {
      series.run(quarter, number);
      [quarter, number] = [next, 0];
    }
    if (at === linkIds.length) break;
    row[0] = visitIdOf(quarter, number++) ?? firstVisitId(quarter);
    [row[1], row[2], row[3]] = [linkIds[at] ?? 0, classes[at] ?? 0, ms[at] ?? 0];
    for (let place = 0; place < places.length; place++)
      row[4 + place] = (firstIds[place] ?? 0) + (places[place]?.[at] ?? 0);
    insert.run(...row);
  }
}

function writeTotals(db: Database, visits: RandomVisits, { links, repeated }: SeedSize): void {
  const [counts, lasts] = [new Float64Array(links + 1), new Float64Array(links + 1)];
  const { linkIds, quarters, ms, classes } = visits;
  for (let at = 0; at < linkIds.length; at++) {
    if (classes[at] !== HUMAN) continue;
    const id = linkIds[at] ?? 0;
    counts[id] = (counts[id] ?? 0) + 1;
    lasts[id] = Math.max(lasts[id] ?? 0, (quarters[at] ?? 0) * QUARTER_MS + (ms[at] ?? 0));
  }
  const insert = db.query(
    "insert into link_total (link_id, visits, last_visit_at) values (?, ?, ?)",
  );
  for (let id = 1; id <= links; id++)
    if (counts[id] !== 0) insert.run(id, (counts[id] ?? 0) * repeated, lasts[id] ?? 0);
}

/** Calls `take` with the link of each visit that counts, and the rest of its key. */
type Each = (take: (linkId: number, rest: number) => void) => void;

/** Distinct keys in their order, and how often each is there. */
interface Sums {
  readonly keys: Float64Array;
  readonly counts: Float64Array;
}

/** A table of sums of links or owners. The rest of a key has slots of time within groups, which are repeated. */
interface SumTable {
  readonly name: string;
  readonly width: number;
  readonly group: number;
  readonly repeated: number;
  /** The columns before the sum, of a key that is repeated for the time so many days before. */
  readonly row: (id: number, rest: number, daysBefore: number) => readonly number[];
}

function linkSums(each: Each, width: number, isKept: (linkId: number) => boolean): Sums {
  const keys = new Float64Array(countOf(each, isKept));
  let size = 0;
  each((linkId, rest) => {
    if (isKept(linkId)) keys[size++] = linkId * width + rest;
  });
  return distinct(keys.sort());
}

function countOf(each: Each, isKept: (linkId: number) => boolean): number {
  let count = 0;
  each((linkId) => {
    if (isKept(linkId)) count++;
  });
  return count;
}

function ownerSums(each: Each, width: number): Sums {
  const sums = new Float64Array((OWNERS + 1) * width);
  each((linkId, rest) => {
    for (const owner of [ALL_OWNERS, ownerOf(linkId)]) {
      const key = owner * width + rest;
      sums[key] = (sums[key] ?? 0) + 1;
    }
  });
  const keys = Float64Array.from(sums.keys()).filter((key) => sums[key] !== 0);
  return { keys, counts: keys.map((key) => sums[key] ?? 0) };
}

function distinct(sorted: Float64Array): Sums {
  const counts = new Float64Array(sorted.length);
  let size = 0;
  for (const [at, key] of sorted.entries()) {
    if (at === 0 || key !== sorted[size - 1]) sorted[size++] = key;
    counts[size - 1] = (counts[size - 1] ?? 0) + 1;
  }
  return { keys: sorted.subarray(0, size), counts: counts.subarray(0, size) };
}

function writeSums(db: Database, { keys, counts }: Sums, table: SumTable): void {
  const { name, width, group, repeated, row } = table;
  const columns = row(0, 0, 0).map(() => "?");
  const insert = db.query(`insert into ${name} values (${columns.join(", ")}, ?)`);
  for (let at = 0; at < keys.length; ) {
    const until = (Math.floor((keys[at] ?? 0) / group) + 1) * group;
    let end = at + 1;
    while ((keys[end] ?? until) < until) end++;
    for (let time = repeated - 1; time >= 0; time--)
      for (let each = at; each < end; each++) {
        const key = keys[each] ?? 0;
        const rest = key % width;
        insert.run(...row((key - rest) / width, rest, time * SINGLE_DAYS), counts[each] ?? 0);
      }
    at = end;
  }
}

function writeQuarters(db: Database, visits: RandomVisits, { repeated }: SeedSize): void {
  const { linkIds, quarters, classes } = visits;
  const [first, width] = [FIRST_DAY * QUARTERS_A_DAY, DAYS * QUARTERS_A_DAY * CLASSES];
  const each: Each = (take) => {
    for (const [at, linkId] of linkIds.entries())
      take(linkId, ((quarters[at] ?? 0) - first) * CLASSES + (classes[at] ?? 0));
  };
  const row: SumTable["row"] = (id, rest, daysBefore) => [
    id,
    first + Math.floor(rest / CLASSES) - daysBefore * QUARTERS_A_DAY,
    rest % CLASSES,
  ];
  const shape = { width, group: width, repeated, row };
  writeSums(
    db,
    linkSums(each, width, () => true),
    { name: "link_quarter", ...shape },
  );
  writeSums(db, ownerSums(each, width), { name: "owner_quarter", ...shape });
}

function writeDays(
  db: Database,
  visits: RandomVisits,
  { repeated, withDays }: SeedSize,
  firstIds: readonly number[],
): void {
  const { places } = visits;
  const [group, width] = [DAYS * PLACES, DAYS * PLACES * places.length];
  const each: Each = (take) =>
    eachPerson(visits, (linkId, day, at) => {
      for (let place = 0; place < places.length; place++)
        take(linkId, place * group + day * PLACES + (places[place]?.[at] ?? 0));
    });
  const row: SumTable["row"] = (id, rest, daysBefore) => {
    const place = Math.floor(rest / group);
    const day = FIRST_DAY + Math.floor((rest % group) / PLACES) - daysBefore;
    return [id, place + 1, day, (firstIds[place] ?? 0) + (rest % PLACES)];
  };
  const shape = { width, group, repeated, row };
  writeSums(db, linkSums(each, width, hasDays(withDays)), { name: "link_day", ...shape });
  writeSums(db, ownerSums(each, width), { name: "owner_day", ...shape });
}

/** Exact numbers, where saving estimates them. */
function writeUnique(db: Database, visits: RandomVisits, { repeated, withDays }: SeedSize): void {
  const persons = 2 ** 21;
  const row: SumTable["row"] = (id, rest, daysBefore) => [id, FIRST_DAY + rest - daysBefore];
  const write = (name: string, idsOf: (linkId: number) => readonly number[]) => {
    const each: Each = (take) =>
      eachPerson(visits, (linkId, day, at) => {
        for (const id of idsOf(linkId)) take(id, day * persons + (visits.visitors[at] ?? 0));
      });
    const { keys } = linkSums(each, DAYS * persons, () => true);
    const days = distinct(keys.map((key) => Math.floor(key / persons)));
    const columns = `${name} (${name.replace("unique", "id")}, day, visitors)`;
    writeSums(db, days, { name: columns, width: DAYS, group: DAYS, repeated, row });
  };
  const isKept = hasDays(withDays);
  write("link_unique", (linkId) => (isKept(linkId) ? [linkId] : []));
  write("owner_unique", (linkId) => [ALL_OWNERS, ownerOf(linkId)]);
}

/** Calls `take` with the link, the day from 0 and the index of each visit by a person. */
function eachPerson(
  { linkIds, quarters, classes }: RandomVisits,
  take: (linkId: number, day: number, at: number) => void,
): void {
  for (let at = 0; at < linkIds.length; at++)
    if (classes[at] === HUMAN)
      take(linkIds[at] ?? 0, Math.floor((quarters[at] ?? 0) / QUARTERS_A_DAY) - FIRST_DAY, at);
}

function hasDays(withDays: number): (linkId: number) => boolean {
  return (linkId) => linkId < HOT || linkId % withDays === 0;
}
