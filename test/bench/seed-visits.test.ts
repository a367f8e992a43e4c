/** The seed of the benchmark of reports has what saving would write. */
import { Database as Connection } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RandomVisits, valuesOf } from "../../bench/reports/random-visits.ts";
import { makeLinks, NOW, visitsOf, writeVisits } from "../../bench/reports/seed-visits.ts";
import { openData } from "../../bench/seed/keep-seed.ts";
import { dimensionNames } from "../../src/visits/dimension.ts";
import { QUARTER_MS } from "../../src/visits/quarter.ts";
import { VisitSaver } from "../../src/visits/saving/save-visits.ts";
import { Tally } from "../../src/visits/tally.ts";

const SIZE = { links: 60, single: 1000, repeated: 1, withDays: 1 };

test("the seed of reports has the rows that saving the same visits writes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-seed-"));
  const [seeded, saved] = [join(folder, "seeded"), join(folder, "saved")];
  await makeLinks(saved, SIZE.links);
  cpSync(saved, seeded, { recursive: true });
  writeVisits(join(seeded, "trunk8.db"), SIZE);
  await save(saved, visitsOf(SIZE));
  const [expected, found] = [tablesOf(saved), tablesOf(seeded)];
  for (const [name, rows] of Object.entries(expected)) {
    expect(rows.length, name).toBeGreaterThan(0);
    expect(found[name], name).toEqual(rows);
  }
  rmSync(folder, { recursive: true });
});

/** By two transactions, of which the second adds to the rows of the first. */
async function save(dataFolder: string, visits: RandomVisits): Promise<void> {
  await using database = await openData(dataFolder);
  const saver = new VisitSaver({ database, clock: () => NOW });
  for (const half of [0, 1]) {
    const tally = new Tally();
    for (let at = half * (SIZE.single / 2); at < (half + 1) * (SIZE.single / 2); at++)
      add(tally, visits, at);
    const remember = await database.write((trx) => saver.save(trx, tally));
    remember();
  }
}

function add(tally: Tally, visits: RandomVisits, at: number): void {
  const { linkIds, quarters, ms, classes, visitors, places } = visits;
  const [, browser = 0, system = 0, device = 0] = places.map((column) => column[at] ?? 0);
  const texts = dimensionNames.map((name, place) => valuesOf(name)[places[place]?.[at] ?? 0] ?? "");
  const [referrer, , , , language, country = "", source, medium, campaign] = texts;
  tally.addVisit(
    linkIds[at] ?? 0,
    (quarters[at] ?? 0) * QUARTER_MS + (ms[at] ?? 0),
    (classes[at] ?? 0) | (browser << 8) | (system << 16) | (device << 20),
    [referrer, language, source, medium, campaign].join("\0"),
    { visitor: Number(Bun.hash(String(visitors[at])) & 0xff_ff_ff_ff_ff_ffn) || 1, country },
  );
}

function tablesOf(dataFolder: string): Record<string, unknown[]> {
  using db = new Connection(join(dataFolder, "trunk8.db"), { readonly: true });
  // Referrers and campaigns that only machines send become no values of their own.
  const single = dimensionNames.map(
    (name) => `(select value from visit_value where id = ${name} and class = 0) as ${name}`,
  );
  const days = (of: string) =>
    `select ${of}_id, d.dimension, d.day, value, visits from ${of}_day d
      left join visit_value on visit_value.id = value_id order by 1, 2, 3, 4`;
  const queries = {
    visit: `select id, link_id, class, ms, ${single.join(", ")} from visit order by id`,
    visit_series: "select * from visit_series order by quarter",
    link_total: "select * from link_total order by link_id",
    link_quarter: "select * from link_quarter order by 1, 2, 3",
    owner_quarter: "select * from owner_quarter order by 1, 2, 3",
    link_day: days("link"),
    owner_day: days("owner"),
    link_unique: "select link_id, day, visitors from link_unique order by 1, 2",
    owner_unique: "select owner_id, day, visitors from owner_unique order by 1, 2",
  };
  return Object.fromEntries(
    Object.entries(queries).map(([name, query]) => [name, db.query(query).values()]),
  );
}
