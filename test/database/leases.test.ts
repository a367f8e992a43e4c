/** What is done in one place of all nodes and processes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { runUnder } from "../../src/database/fence-database.ts";
import { type Lease, LeaseLost, Leases } from "../../src/database/leases.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { failureOf } from "../failure.ts";
import { databases, openTestApp, START, type World } from "../world.ts";

const SECOND = 1000;
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
    const acquire = async (leases: Leases, everyMs = MINUTE): Promise<Lease> => {
      const lease = await leases.take(NAME, everyMs);
      if (lease === null) throw new Error("Another process has the lease.");
      return lease;
    };
    const finish = (lease: Lease, failure = "") => lease.finish({ everyMs: MINUTE, failure });

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
      await finish(await acquire(one));
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

    test("of a crashed process can be acquired after 20 seconds, and the crashed one cannot finish it", async () => {
      const next = processCalled("next");
      const crashed = await acquire(processCalled("crashed"));
      await pass(10 * SECOND);
      expect(await take(next)).toBe(false);
      await pass(10 * SECOND);
      expect(await take(next)).toBe(true);
      await finish(crashed, "too late");
      expect(await next.list()).toEqual([
        { name: NAME, holder: "next", ranAt: null, tookMs: null, failure: "", isHeld: true },
      ]);
    });

    test("is kept by the process that renews it, however long its run takes", async () => {
      const other = processCalled("other");
      const lease = await acquire(processCalled("one"));
      for (let run = 0; run < 3; run++) {
        await pass(10 * SECOND);
        await lease.renew();
        expect(await take(other)).toBe(false);
      }
      await pass(20 * SECOND);
      expect(await take(other)).toBe(true);
    });

    test("is not renewed by a process that has lost it", async () => {
      const next = processCalled("next");
      const crashed = await acquire(processCalled("crashed"));
      await pass(20 * SECOND);
      await take(next);
      await pass(10 * SECOND);
      expect(await failureOf(crashed.renew())).toBeInstanceOf(LeaseLost);
      await pass(10 * SECOND);
      expect(await take(processCalled("third"))).toBe(true);
    });

    test("is another one when the same process acquires it again", async () => {
      const one = processCalled("one");
      const first = await acquire(one);
      await pass(20 * SECOND);
      const second = await acquire(one);
      expect(await failureOf(first.renew())).toBeInstanceOf(LeaseLost);
      await second.renew();
    });

    test("that is lost refuses all that is written under it", async () => {
      const write = (name: string) =>
        world.app.database.write((trx) =>
          trx.insertInto("lease").values({ name, holder: "", until: 0 }).execute(),
        );
      const lease = await acquire(processCalled("paused"));
      const [paused, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const run = runUnder([lease], silentLog(), async () => {
        await write("before");
        paused.resolve();
        await woken.promise;
        await write("after");
      });
      await paused.promise;
      await pass(20 * SECOND);
      await acquire(processCalled("next"));
      woken.resolve();
      expect(await failureOf(run)).toBeInstanceOf(LeaseLost);
      await write("outside");
      const names = (await processCalled("").list()).map(({ name }) => name);
      expect(names).toEqual(["before", "outside", NAME]);
    });

    test("is kept by what its job writes, however late the timer is", async () => {
      const lease = await acquire(processCalled("one"));
      await pass(15 * SECOND);
      await runUnder([lease], silentLog(), () => world.app.database.write(async () => {}));
      await pass(15 * SECOND);
      expect(await take(processCalled("other"))).toBe(false);
    });

    test("is released to another process at once", async () => {
      const lease = await acquire(processCalled("one"));
      await lease.release();
      expect(await take(processCalled("other"))).toBe(true);
    });

    test("reports when and where it last ran, for how long, and why it failed", async () => {
      const one = processCalled("one");
      const before = await one.now();
      const lease = await acquire(one);
      await finish(lease, "The disk is full.");
      const [state] = await one.list();
      expect(state).toMatchObject({ name: NAME, holder: "one", failure: "The disk is full." });
      expect(state?.ranAt).toBeWithin(before, (await one.now()) + 1);
      expect(state?.tookMs).toBeWithin(0, MINUTE);
      await finish(lease);
      expect(await one.list()).toMatchObject([{ failure: "" }]);
    });

    test("follows the clock of the database, whatever that of a node says", async () => {
      world.clock.set(START + 2 * 60 * MINUTE);
      await finish(await acquire(processCalled("a node two hours ahead")));
      world.clock.set(START);
      await pass(MINUTE);
      expect(await take(processCalled("a node with the right time"))).toBe(true);
    });

    test.each([
      ["while a run holds it", false],
      ["after a run", true],
    ])("is void when the clock is set back by two hours %s", async (_, isFinished) => {
      const [ahead, next] = [processCalled("ahead"), processCalled("next")];
      const lease = await acquire(ahead);
      if (isFinished) await finish(lease);
      await pass(-120 * MINUTE);
      expect([await take(next), await take(next)]).toEqual([true, false]);
    });

    test("of a daily job is not void for most of a day", async () => {
      const next = processCalled("next");
      const day = 1440 * MINUTE;
      const daily = await acquire(processCalled("daily"), day);
      await daily.finish({ everyMs: day, failure: "" });
      expect(await next.take(NAME, day)).toBeNull();
      await pass(10 * MINUTE);
      expect(await next.take(NAME, day)).toBeNull();
      await pass(-3 * 60 * MINUTE);
      expect(await next.take(NAME, day)).not.toBeNull();
      expect(await next.list()).toMatchObject([{ holder: "next", ranAt: null }]);
    });
  });
}
