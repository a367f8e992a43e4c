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
    });

    const processCalled = (holder: string) => new Leases(world.app.database, holder);
    const take = async (leases: Leases, name = NAME) => (await leases.take(name, MINUTE)) !== null;
    const finish = async (leases: Leases, failure = "") =>
      leases.finish(NAME, { beganAt: await leases.now(), everyMs: MINUTE, failure });

    /** Time passes for leases when their rows move into the past; less than 0: the database's clock is set back. */
    const pass = (ms: number) =>
      world.app.database.write((trx) =>
        trx
          .updateTable("lease")
          .set((row) => ({ until: row("until", "-", ms), ran_at: row("ran_at", "-", ms) }))
          .execute(),
      );

    test("is acquired by one of several concurrent processes", async () => {
      const asked = Array.from({ length: 10 }, (_, at) => take(processCalled(`node ${at}`)));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    test("cannot be acquired for most of its period after a run", async () => {
      const [one, other] = [processCalled("one"), processCalled("other")];
      expect(await take(one)).toBe(true);
      await finish(one);
      expect([await take(one), await take(other)]).toEqual([false, false]);
      await pass(0.8 * MINUTE);
      expect([await take(one), await take(other)]).toEqual([false, false]);
      await pass(0.1 * MINUTE);
      expect([await take(other), await take(one)]).toEqual([true, false]);
    });

    test("does not block leases of other names", async () => {
      const [one, other] = [processCalled("one"), processCalled("other")];
      expect([await take(one), await take(other, "prune")]).toEqual([true, true]);
    });

    test("of a crashed process can be acquired after ten minutes, and the crashed one cannot finish it", async () => {
      const [crashed, next] = [processCalled("crashed"), processCalled("next")];
      await take(crashed);
      await pass(9 * MINUTE);
      expect(await take(next)).toBe(false);
      await pass(MINUTE);
      expect(await take(next)).toBe(true);
      await finish(crashed, "too late");
      expect(await next.list()).toEqual([
        { name: NAME, holder: "next", ranAt: null, tookMs: null, failure: "" },
      ]);
    });

    test("is kept by the process that renews it, however long its run takes", async () => {
      const [one, other] = [processCalled("one"), processCalled("other")];
      await take(one);
      for (let run = 0; run < 3; run++) {
        await pass(9 * MINUTE);
        await one.renew(NAME);
        expect(await take(other)).toBe(false);
      }
      await pass(10 * MINUTE);
      expect(await take(other)).toBe(true);
    });

    test("is not renewed by a process that has lost it", async () => {
      const [crashed, next] = [processCalled("crashed"), processCalled("next")];
      await take(crashed);
      await pass(10 * MINUTE);
      await take(next);
      await pass(9 * MINUTE);
      await crashed.renew(NAME);
      await pass(MINUTE);
      expect(await take(crashed)).toBe(true);
    });

    test("reports when and where it last ran, for how long, and why it failed", async () => {
      const one = processCalled("one");
      const beganAt = await one.take(NAME, MINUTE);
      expect(beganAt).not.toBeNull();
      const run = { beganAt: Number(beganAt) - 1234, everyMs: MINUTE };
      await one.finish(NAME, { ...run, failure: "The disk is full." });
      const [state] = await one.list();
      expect(state).toMatchObject({ name: NAME, holder: "one", ranAt: run.beganAt });
      expect(state?.failure).toBe("The disk is full.");
      expect(state?.tookMs).toBeWithin(1234, 1234 + MINUTE);
      await one.finish(NAME, { ...run, failure: "" });
      expect(await one.list()).toMatchObject([{ failure: "" }]);
    });

    test("follows the clock of the database, whatever that of a node says", async () => {
      world.clock.set(START + 2 * 60 * MINUTE);
      const one = processCalled("a node two hours ahead");
      await take(one);
      await finish(one);
      world.clock.set(START);
      await pass(MINUTE);
      expect(await take(processCalled("a node with the right time"))).toBe(true);
    });

    test.each([
      ["while a run holds it", false],
      ["after a run", true],
    ])("is void when the clock is set back by two hours %s", async (_, isFinished) => {
      const [ahead, next] = [processCalled("ahead"), processCalled("next")];
      await take(ahead);
      if (isFinished) await finish(ahead);
      await pass(-120 * MINUTE);
      expect([await take(next), await take(next)]).toEqual([true, false]);
    });

    test("of a daily job is not void for most of a day", async () => {
      const [daily, next] = [processCalled("daily"), processCalled("next")];
      const day = 1440 * MINUTE;
      const beganAt = Number(await daily.take(NAME, day));
      await daily.finish(NAME, { beganAt, everyMs: day, failure: "" });
      expect(await next.take(NAME, day)).toBeNull();
      await pass(10 * MINUTE);
      expect(await next.take(NAME, day)).toBeNull();
      await pass(-3 * 60 * MINUTE);
      expect(await next.take(NAME, day)).not.toBeNull();
      expect(await next.list()).toMatchObject([{ holder: "next", ranAt: null }]);
    });
  });
}
