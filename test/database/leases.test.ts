/** What is done in one place of all nodes and processes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Leases } from "../../src/database/leases.ts";
import { databases, openTestApp, START, type World } from "../world.ts";

const MINUTE = 60_000;
const NAME = "sweep";

for (const kind of databases) {
  describe(`a lease on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    afterEach(async () => {
      await world.app.database.write((trx) => trx.deleteFrom("lease").execute());
      world.clock.set(START);
    });

    const processCalled = (holder: string) =>
      new Leases(world.app.database, world.clock.now, holder);
    const finish = (leases: Leases, failure = "", beganAt = START) =>
      leases.finish(NAME, { beganAt, everyMs: MINUTE, failure });

    test("is acquired by one of several concurrent processes", async () => {
      const asked = Array.from({ length: 10 }, (_, at) => processCalled(`node ${at}`).take(NAME));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    test("cannot be acquired for most of its period after a run", async () => {
      const [one, other] = [processCalled("one"), processCalled("other")];
      expect(await one.take(NAME)).toBe(true);
      world.clock.advance(5);
      await finish(one);
      expect([await one.take(NAME), await other.take(NAME)]).toEqual([false, false]);
      world.clock.set(START + 0.9 * MINUTE - 1);
      expect([await one.take(NAME), await other.take(NAME)]).toEqual([false, false]);
      world.clock.set(START + 0.9 * MINUTE);
      expect([await other.take(NAME), await one.take(NAME)]).toEqual([true, false]);
    });

    test("does not block leases of other names", async () => {
      const [one, other] = [processCalled("one"), processCalled("other")];
      expect([await one.take(NAME), await other.take("prune")]).toEqual([true, true]);
    });

    test("of a crashed process can be acquired after ten minutes, and the crashed one cannot finish it", async () => {
      const [dead, heir] = [processCalled("dead"), processCalled("heir")];
      await dead.take(NAME);
      world.clock.advance(10 * MINUTE - 1);
      expect(await heir.take(NAME)).toBe(false);
      world.clock.advance(1);
      expect(await heir.take(NAME)).toBe(true);
      await finish(dead, "too late");
      expect(await heir.list()).toEqual([
        { name: NAME, holder: "heir", ranAt: null, tookMs: null, failure: "" },
      ]);
    });

    test("reports when and where it last ran, for how long, and why it failed", async () => {
      const one = processCalled("one");
      await one.take(NAME);
      world.clock.advance(1234);
      await finish(one, "The disk is full.");
      const failed = { name: NAME, holder: "one", ranAt: START, tookMs: 1234 };
      expect(await one.list()).toEqual([{ ...failed, failure: "The disk is full." }]);
      world.clock.set(START + MINUTE);
      await one.take(NAME);
      await finish(one, "", START + MINUTE);
      expect(await one.list()).toEqual([
        { ...failed, ranAt: START + MINUTE, tookMs: 0, failure: "" },
      ]);
    });
  });
}
