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

    test("is one process's, however many ask for it at once", async () => {
      const asked = Array.from({ length: 10 }, (_, at) => processCalled(`node ${at}`).take(NAME));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    test("is nobody's for most of its period after a run, and then whoever's asks first", async () => {
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

    test("of one thing hinders no other", async () => {
      const [one, other] = [processCalled("one"), processCalled("other")];
      expect([await one.take(NAME), await other.take("prune")]).toEqual([true, true]);
    });

    test("of a process that died is another's after ten minutes, and the dead one's word is void", async () => {
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

    test("tells when it last ran, where, for how long, and why it failed", async () => {
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
