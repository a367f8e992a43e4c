/** The keys of days: shared by what counts together, replaced when lost, destroyed after the day. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "../../../src/clock.ts";
import { Problem } from "../../../src/problem.ts";
import { DayKeys } from "../../../src/visits/visitors/day-keys.ts";
import { databases } from "../../world.ts";
import { type CountingSite, openCountingSite } from "../counting-site.ts";

describe.each(databases)("keys on %s", (kind) => {
  let site: CountingSite;
  beforeEach(async () => {
    site = await openCountingSite(kind);
  });
  afterEach(() => site.close());

  const folder = () => join(site.dataFolder, "visitor-keys");
  const open = (database = site.database) =>
    new DayKeys({ database, folder: folder(), random: systemRandom });
  const stored = async () =>
    kind === "sqlite"
      ? readdirSync(folder()).map(Number)
      : (await site.database.read.selectFrom("visitor_key").select("day").execute()).map(
          ({ day }) => day,
        );

  test("are the same for all processes, and different on each day", async () => {
    const all = Array.from({ length: 5 }, () => open());
    const keys = await Promise.all(all.map((process) => process.of(7)));
    expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(1);
    expect(await open().of(7)).toEqual(keys[0] as Uint8Array);
    expect(await open().of(8)).not.toEqual(keys[0] as Uint8Array);
    expect((await stored()).sort()).toEqual([7, 8]);
  });

  test("that are lost or broken are replaced", async () => {
    const before = await open().of(7);
    if (kind === "postgres")
      await site.database.write((trx) => trx.deleteFrom("visitor_key").execute());
    else rmSync(folder(), { recursive: true });
    const after = await open().of(7);
    expect(after).not.toEqual(before);
    if (kind === "sqlite") {
      writeFileSync(join(folder(), "7"), "half");
      expect(await open().of(7)).toHaveLength(32);
    }
    expect(await open().of(7)).toEqual(await open().of(7));
  });

  test("are gone when their day is over, and do not come back", async () => {
    const keys = open();
    const [first, second] = [await keys.of(7), await keys.of(8)];
    await keys.endBefore(8);
    expect(await stored()).toEqual([8]);
    expect(keys.known(7)).toBeUndefined();
    expect(await keys.of(7)).not.toEqual(first);
    expect(await keys.of(8)).toEqual(second);
    expect(await stored()).toEqual([8]);
  });

  test("are a process's own while the database is away", async () => {
    if (kind === "sqlite") return;
    const away = () => {
      throw new Problem("busy", "away");
    };
    const { lookup } = site.database;
    const database = { ...site.database, write: away, lookup: { ...lookup, selectFrom: away } };
    const keys = open(database as unknown as CountingSite["database"]);
    const own = await keys.of(7);
    expect(own).toHaveLength(32);
    expect(await keys.of(7)).toEqual(own);
    expect(await stored()).toEqual([]);
  });
});
