import { afterAll, beforeAll, expect, test } from "bun:test";
import { measureClockLead, readDatabaseTime } from "../../src/database/database-consistency.ts";
import { openTestApp, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

/** The lead, by a machine's clock that shows this many milliseconds more than the database's before and after. */
async function leadBetween(before: number, after: number): Promise<number> {
  const { database } = world.app;
  const now = await readDatabaseTime(database);
  const times = [now + before, now + after];
  return measureClockLead(database, () => times.shift() ?? Number.NaN);
}

const HOUR = 3_600_000;

test("an answer that came late is no lead", async () => {
  expect(await leadBetween(-HOUR, HOUR)).toBe(0);
});

test("a clock is ahead by what it shows after the answer", async () => {
  expect(await leadBetween(-2 * HOUR, -HOUR)).toBeWithin(HOUR, HOUR + 60_000);
});

test("a clock is behind by what it shows before the question", async () => {
  expect(await leadBetween(HOUR, 2 * HOUR)).toBeWithin(-HOUR, -HOUR + 60_000);
});
