/** What strangers can make the tables keep, and that every table has the same numbers. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  dimensions,
  NEW_VALUES_A_DAY,
  OTHERS,
  VALUES_A_DAY,
} from "../../../src/visits/dimension.ts";
import { FIREFOX } from "../../user-agents.ts";
import { databases } from "../../world.ts";
import { type CountingSite, openCountingSite } from "../counting-site.ts";
import { START } from "../opening.ts";

const DAY = 86_400_000;

/** Dimensions that every visit has. */
const ofAll = [dimensions.referrer, dimensions.browser, dimensions.system, dimensions.device];
const BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)";

describe.each(databases)("saved visits on %s", (kind) => {
  let site: CountingSite;
  beforeEach(async () => {
    site = await openCountingSite(kind);
  });
  afterEach(() => site.close());

  const [referrer] = [dimensions.referrer];
  const visit = (link: number, host: string, at = START, userAgent: string = FIREFOX) => ({
    linkId: site.linkIds[link] ?? 0,
    at,
    userAgent,
    referrer: host === "" ? "" : `https://${host}/`,
    purpose: "",
  });
  const countOf = async (query: { execute(): Promise<unknown[]> }) =>
    (await query.execute()).length;
  const referrersOf = (link: number) =>
    site.database.read
      .selectFrom("link_day")
      .select(["value_id", "visits"])
      .where("link_id", "=", site.linkIds[link] ?? 0)
      .where("dimension", "=", referrer)
      .execute();
  const knownReferrers = () =>
    countOf(
      site.database.read.selectFrom("visit_value").select("id").where("dimension", "=", referrer),
    );

  test("keep a day's first values of a link apart, also over several savings", async () => {
    const visits = site.open();
    for (let at = 0; at < 2 * VALUES_A_DAY; at++) {
      visits.record(visit(0, `h${at}.example`));
      if (at % 70 === 0) await visits.flush();
    }
    await visits.flush();
    for (let at = 0; at < 2 * VALUES_A_DAY; at++) visits.record(visit(0, `h${at}.example`));
    visits.record(visit(1, "h3.example"));
    visits.record(visit(0, "tomorrow.example", START + DAY));
    await visits.close();
    const rows = await referrersOf(0);
    const ofToday = rows.filter(({ visits: count }) => count > 1);
    expect(ofToday.filter(({ value_id }) => value_id !== OTHERS)).toHaveLength(VALUES_A_DAY);
    const others = rows.find(({ value_id }) => value_id === OTHERS);
    expect(others?.visits).toBe(2 * VALUES_A_DAY);
    expect(rows.reduce((sum, row) => sum + row.visits, 0)).toBe(4 * VALUES_A_DAY + 1);
    const single = await site.database.read
      .selectFrom("visit")
      .select("id")
      .where("referrer", "=", OTHERS)
      .execute();
    expect(single).toHaveLength(2 * VALUES_A_DAY);
    expect(await knownReferrers()).toBe(VALUES_A_DAY + 2);
  });

  test("make no more values known than a day admits", async () => {
    await site.database.write((trx) =>
      trx
        .insertInto("visit_value")
        .values(
          Array.from({ length: NEW_VALUES_A_DAY - 3 }, (_, at) => ({
            dimension: referrer,
            value: `old${at}.example`,
            day: Math.floor(START / DAY),
          })),
        )
        .execute(),
    );
    const visits = site.open();
    for (let at = 0; at < 10; at++) visits.record(visit(at % 3, `new${at}.example`));
    visits.record(visit(0, "old1.example"));
    await visits.close();
    // That of nobody is always known, as in all of these.
    expect(await knownReferrers()).toBe(NEW_VALUES_A_DAY + 1);
  });

  test("of any languages and campaigns are bounded as referrers are", async () => {
    const visits = site.open();
    const letter = (at: number) => String.fromCharCode(97 + (at % 26));
    for (let at = 0; at < 3 * VALUES_A_DAY; at++)
      visits.record({
        ...visit(0, ""),
        language: `${letter(at)}${letter(Math.floor(at / 26))}`,
        query: `utm_source=s${at}&utm_medium=m${at}&utm_campaign=c${at}`,
      });
    await visits.close();
    const { language, utm_source, utm_medium, utm_campaign } = dimensions;
    for (const dimension of [language, utm_source, utm_medium, utm_campaign]) {
      const rows = await site.database.read
        .selectFrom("link_day")
        .select(["value_id", "visits"])
        .where("dimension", "=", dimension)
        .execute();
      const apart = rows.filter(({ value_id }) => value_id !== OTHERS);
      expect([dimension, apart.length]).toEqual([dimension, VALUES_A_DAY]);
      expect(rows.reduce((sum, row) => sum + row.visits, 0)).toBe(3 * VALUES_A_DAY);
    }
  });

  test("of bots make no referrer known", async () => {
    const visits = site.open();
    visits.record(visit(0, "spam.example", START, BOT));
    await visits.close();
    expect(await knownReferrers()).toBe(1);
    const [single] = await site.database.read
      .selectFrom("visit")
      .select(["class", "referrer"])
      .execute();
    expect(single).toEqual({ class: 1, referrer: OTHERS });
  });

  test("have the same numbers in every table", async () => {
    const one = fc.record({
      link: fc.nat(2),
      host: fc.oneof(fc.constantFrom("", "a.example", "b.example"), fc.domain()),
      after: fc.integer({ min: 0, max: 3 * DAY }),
      isBot: fc.boolean(),
      isPrivate: fc.boolean(),
      language: fc.constantFrom("", "de", "en-US"),
      query: fc.constantFrom("", "utm_source=a&utm_campaign=b", "utm_medium=c"),
      country: fc.constantFrom("", "DE", "AT"),
      address: fc.nat(9).map((last) => `192.0.2.${last}`),
    });
    const seen = new Map<string, Set<string>>();
    const batches = fc.array(fc.array(one, { maxLength: 60 }), { minLength: 1, maxLength: 4 });
    let recorded = 0;
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        for (const batch of all) {
          const visits = site.open();
          for (const { link, host, after, isBot, address, country, ...more } of batch) {
            const one = visit(link, host, START + after, isBot ? BOT : FIREFOX);
            const sender = { key: `${address} ${country}`, read: () => ({ address, country }) };
            visits.record({ ...one, ...more, sender });
            if (!isBot && !more.isPrivate) noteVisitor(seen, one, address);
          }
          recorded += batch.length;
          await visits.close();
        }
        expect(await sums(site)).toEqual({ visits: recorded, differences: [] });
        const counted = await visitors(site);
        expect([...counted.keys()].sort()).toEqual([...seen.keys()].sort());
        // Of ten visitors, two share a place in the sketch once in 700 rows.
        for (const [row, { size }] of seen)
          expect([row, [size, size - 1]]).toEqual([
            row,
            expect.arrayContaining([counted.get(row)]),
          ]);
      }),
      { numRuns: 8 },
    );
  });
});

/** Notes a visitor for each row that counts it. */
function noteVisitor(
  seen: Map<string, Set<string>>,
  { linkId, at }: { readonly linkId: number; readonly at: number },
  address: string,
): void {
  const day = Math.floor(at / DAY);
  for (const row of [`link ${linkId} ${day}`, `owner 1 ${day}`, `owner 0 ${day}`]) {
    const known = seen.get(row) ?? new Set();
    seen.set(row, known.add(address));
  }
}

async function visitors({ database: { read } }: CountingSite): Promise<Map<string, number>> {
  const links = await read.selectFrom("link_unique").selectAll().execute();
  const owners = await read.selectFrom("owner_unique").selectAll().execute();
  return new Map([
    ...links.map(({ link_id, day, visitors }) => [`link ${link_id} ${day}`, visitors] as const),
    ...owners.map(({ owner_id, day, visitors }) => [`owner ${owner_id} ${day}`, visitors] as const),
  ]);
}

/** How many visits there are, and where two tables have other numbers of them. */
async function sums({ database: { read } }: CountingSite) {
  const quarters = await read.selectFrom("link_quarter").selectAll().execute();
  const owners = await read.selectFrom("owner_quarter").selectAll().execute();
  const totals = await read.selectFrom("link_total").selectAll().execute();
  const days = await read.selectFrom("link_day").selectAll().execute();
  const ownerDays = await read.selectFrom("owner_day").selectAll().execute();
  const single = await read.selectFrom("visit").select(["id", "link_id", "class"]).execute();
  const add = (rows: readonly { readonly visits: number }[]) =>
    rows.reduce((sum, { visits }) => sum + visits, 0);
  const people = add(quarters.filter((row) => row.class === 0));
  const numbers: Record<string, readonly [number, number]> = {
    single: [single.length, add(quarters)],
    "single of people": [single.filter((row) => row.class === 0).length, people],
    all: [add(owners.filter(({ owner_id }) => owner_id === 0)), add(quarters)],
    owner: [add(owners.filter(({ owner_id }) => owner_id !== 0)), add(quarters)],
    totals: [add(totals), people],
  };
  for (const dimension of ofAll) {
    const isOf = (row: { dimension: number }) => row.dimension === dimension;
    numbers[`days ${dimension}`] = [add(days.filter(isOf)), people];
    numbers[`owners' days ${dimension}`] = [add(ownerDays.filter(isOf)), 2 * people];
  }
  // What is not known of all has the same sums by link, by owner and in single visits.
  for (const dimension of Object.values(dimensions)) {
    const isOf = (row: { dimension: number }) => row.dimension === dimension;
    numbers[`links and owners ${dimension}`] = [
      2 * add(days.filter(isOf)),
      add(ownerDays.filter(isOf)),
    ];
  }
  const differences = Object.entries(numbers).filter(([, [one, other]]) => one !== other);
  return { visits: add(quarters), differences };
}
