import { Database } from "bun:sqlite";
import { join } from "node:path";
import { type Dimension, dimensions } from "../../src/visits/dimension.ts";
import { dayOf, firstVisitId, quarterOf } from "../../src/visits/quarter.ts";
import { fillLinks } from "../seed/fill.ts";
import { keepSeed, openData, type Seed } from "../seed/keep-seed.ts";
import { linksUpTo } from "../seed/links.ts";
import { insertUser } from "../seed/users.ts";

/** Owners of the links. */
export const OWNERS = 20;

/** Days of single visits, and how often their sums are repeated for the days before. */
const SINGLE_DAYS = 90;
const REPEATED = 4;

/** Of so many links, one has sums by day: these are most of the rows, and a report reads those of one link only. */
const WITH_DAYS = 20;

/** How many values a dimension has, and their average place among them: the first ones are the most frequent. */
const values: Readonly<Record<Dimension, number>> = {
  referrer: 200,
  browser: 10,
  system: 8,
  device: 5,
  language: 40,
  country: 120,
  utm_source: 30,
  utm_medium: 6,
  utm_campaign: 60,
};

export interface VisitSeed extends Seed {
  readonly links: number;
  readonly visits: number;
}

/** Links with visits of a year, of which those of the last quarter are there as single ones. */
export async function seedVisits(links: number, visits: number): Promise<VisitSeed> {
  const today = dayOf(Date.now(), "UTC");
  const seed = await keepSeed({
    name: `visits-${links}-${visits}-${today}`,
    bytes: links * 500 + visits * 200,
    make: async (dataFolder) => {
      await makeLinks(dataFolder, links);
      writeVisits(join(dataFolder, "trunk8.db"), { links, single: visits / REPEATED, today });
    },
  });
  return { ...seed, links, visits };
}

async function makeLinks(dataFolder: string, count: number): Promise<void> {
  const owners: number[] = [];
  {
    await using database = await openData(dataFolder);
    for (let at = 0; at < OWNERS; at++) {
      const role = at === 0 ? "administrator" : "user";
      owners.push(await insertUser(database, { username: at === 0 ? "admin" : `user${at}`, role }));
    }
  }
  const unused = { title: "", expiresAt: null, disabled: false, visits: 0, lastVisitAt: null };
  function* used() {
    let at = 0;
    for (const link of linksUpTo(count))
      yield { ...link, ...unused, ownerId: owners[at++ % OWNERS] ?? 1 };
  }
  fillLinks(dataFolder, used(), { searchable: false });
}

interface Size {
  readonly links: number;
  readonly single: number;
  readonly today: number;
}

/** By statements over all rows: the rows that saving would write, without its transactions. */
function writeVisits(file: string, { links, single, today }: Size): void {
  using db = new Database(file);
  for (const pragma of ["journal_mode = off", "synchronous = off", "cache_size = -1000000"])
    db.run(`pragma ${pragma}`);
  const first = (today - SINGLE_DAYS + 1) * 96;
  const quarters = Math.max(1, quarterOf(Date.now()) - first);
  const perQuarter = Math.ceil(single / quarters);
  const names = Object.keys(values) as Dimension[];
  db.transaction(() => {
    const ids = writeValues(db, names);
    // A square or fourth power makes the first ones the most frequent.
    const random = "(abs(random() % 1000000) / 1000000.0)";
    const columns = names.map((name) => {
      const power = `cast(${values[name]} * ${random} * ${random} as integer)`;
      return `${ids.get(name)} + ${power}`;
    });
    db.run(`insert into visit (id, link_id, class, ms, ${names.join(", ")})
      with recursive number(n) as (select 0 union all select n + 1 from number where n < ${single - 1})
      select (${first} + n / ${perQuarter}) * ${firstVisitId(1)} + n % ${perQuarter},
        1 + cast(${links} * ${random} * ${random} * ${random} * ${random} as integer),
        case when abs(random() % 10) < 8 then 0 else 1 end, abs(random() % 900000),
        ${columns.join(", ")} from number`);
    db.run(`insert into visit_series (quarter, visits)
      select id / ${firstVisitId(1)}, count(*) from visit group by 1`);
    writeSums(db, names);
  })();
}

function writeValues(db: Database, names: readonly Dimension[]): Map<Dimension, number> {
  const insert = db.query("insert into visit_value (dimension, value, day) values (?, ?, 0)");
  return new Map(
    names.map((name) => {
      let firstId = 0;
      for (let at = 0; at < values[name]; at++) {
        const { lastInsertRowid } = insert.run(dimensions[name], `${name}-${at}`);
        firstId ||= Number(lastInsertRowid);
      }
      return [name, firstId];
    }),
  );
}

function writeSums(db: Database, names: readonly Dimension[]): void {
  const earlier = (time: string, unit: number) =>
    Array.from({ length: REPEATED }, (_, at) => `${time} - ${at * SINGLE_DAYS * unit}`);
  db.run(`create temp table by_quarter as select link_id, id / ${firstVisitId(1)} as quarter, class,
    count(*) as visits from visit group by 1, 2, 3`);
  db.run(`create temp table of_owner as select owner_id, quarter, class, sum(visits) as visits
    from by_quarter join link on link.id = link_id group by 1, 2, 3`);
  for (const quarter of earlier("quarter", 96)) {
    db.run(`insert into link_quarter select link_id, ${quarter}, class, visits from by_quarter`);
    db.run(`insert into owner_quarter select owner_id, ${quarter}, class, visits from of_owner`);
    db.run(`insert into owner_quarter select 0, ${quarter}, class, sum(visits) from of_owner
      group by 2, 3`);
  }
  for (const name of names) {
    const people = `select link_id, ${dimensions[name]} as dimension,
      id / ${firstVisitId(96)} as day, ${name} as value_id, count(*) as visits from visit
      where class = 0`;
    db.run("drop table if exists temp.by_day");
    db.run(`create temp table by_day as select owner_id, dimension, day, value_id,
      sum(visits) as visits from (${people} group by 1, 3, 4) join link on link.id = link_id
      group by 1, 2, 3, 4`);
    for (const day of earlier("day", 1)) {
      db.run(`insert into link_day select link_id, dimension, ${day}, value_id, visits from
        (${people} and (link_id < 1000 or link_id % ${WITH_DAYS} = 0) group by 1, 3, 4)`);
      db.run(
        `insert into owner_day select owner_id, dimension, ${day}, value_id, visits from by_day`,
      );
      db.run(`insert into owner_day select 0, dimension, ${day}, value_id, sum(visits) from by_day
        group by 2, 3, 4`);
    }
  }
  db.run(`insert into owner_unique (owner_id, day, visitors)
    select owner_id, day, sum(visits) / 2 from owner_day where dimension = 2 group by 1, 2`);
}
