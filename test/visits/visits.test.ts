import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { HUMAN, visitorClasses } from "../../src/visits/visit.ts";
import { newLink } from "../share.ts";
import { FIREFOX } from "../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";

const HOUR = 3_600_000;
const QUARTER = HOUR / 4;
const DAY = 24 * HOUR;

for (const kind of databases) {
  describe(`counting visits on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const make = (code: string) => {
      const { alice } = world.people;
      const input = newLink({ shortCode: code, target: "https://example.com/" });
      return world.app.links.create(as(alice), { ownerId: alice.id }, input);
    };
    const open = async (
      code: string,
      headers: Record<string, string> = { "user-agent": FIREFOX },
    ) => {
      const response = await world.request(`/${code}`, { headers });
      expect(response.status).toBe(302);
    };
    const totalOf = async (code: string) => {
      const { visits, lastVisitAt } = await world.app.links.get(as(world.people.alice), code);
      return { visits, lastVisitAt };
    };
    const quartersOf = (linkId: number) =>
      world.app.database.read
        .selectFrom("link_quarter")
        .select(["quarter", "class", "visits"])
        .where("link_id", "=", linkId)
        .orderBy("quarter")
        .orderBy("class")
        .execute();
    const daysOf = async (linkId: number) => {
      const days = (await Array.fromAsync(world.app.visits.ofLinks.daysOf([linkId]))).flat();
      return days.map(({ linkId: _, ...day }) => Object.values(day).join(" "));
    };
    const singleOf = async (linkId: number) => {
      const rows = await world.app.database.read
        .selectFrom("visit")
        .select(["id", "ms"])
        .where("link_id", "=", linkId)
        .orderBy("id")
        .execute();
      return rows.map(({ id, ms }) => Math.floor(id / 2 ** 24) * QUARTER + ms);
    };

    test("each visit is in every total and in the single visits", async () => {
      const link = await make("counted");
      for (let count = 0; count < 5; count++) await open("counted");
      world.clock.advance(HOUR);
      await open("counted", { "user-agent": FIREFOX, referer: "https://news.example/a?secret=1" });
      await world.app.visits.flush();
      expect(await totalOf("counted")).toEqual({ visits: 6, lastVisitAt: START + HOUR });
      expect(await quartersOf(link.id)).toEqual([
        { quarter: START / QUARTER, class: HUMAN, visits: 5 },
        { quarter: START / QUARTER + 4, class: HUMAN, visits: 1 },
      ]);
      const day = START / DAY - 0.5;
      expect((await daysOf(link.id)).toSorted()).toEqual([
        `${day} browser Firefox 6`,
        `${day} device Desktop 6`,
        `${day} referrer  5`,
        `${day} referrer news.example 1`,
        `${day} system Linux 6`,
      ]);
      expect(await singleOf(link.id)).toEqual([...Array(5).fill(START), START + HOUR]);
      world.clock.set(START);
    });

    test("successive flushes add up", async () => {
      await make("twice");
      for (let count = 1; count <= 3; count++) {
        await open("twice");
        await world.app.visits.flush();
        expect((await totalOf("twice")).visits).toBe(count);
      }
    });

    test("concurrent flushes count no visit twice", async () => {
      await make("atonce");
      for (let count = 0; count < 10; count++) await open("atonce");
      await Promise.all([
        world.app.visits.flush(),
        world.app.visits.flush(),
        world.app.visits.flush(),
      ]);
      expect((await totalOf("atonce")).visits).toBe(10);
    });

    test("visitors are classified, and no IP address is stored", async () => {
      const link = await make("classes");
      await open("classes");
      await open("classes", { "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" });
      await open("classes", { "user-agent": "WhatsApp/2.23.20.0" });
      await open("classes", { "user-agent": FIREFOX, "sec-purpose": "prefetch;prerender" });
      await open("classes", { "user-agent": "" });
      await world.app.visits.flush();
      const counts = (await quartersOf(link.id)).map((row) => [
        visitorClasses[row.class],
        row.visits,
      ]);
      expect(Object.fromEntries(counts)).toEqual({ human: 1, bot: 2, preview: 1, prefetch: 1 });
      const values = await world.app.database.read.selectFrom("visit_value").selectAll().execute();
      expect(JSON.stringify(values)).not.toContain("203.0.113");
    });

    test("visits of a link deleted before they are saved are skipped", async () => {
      const link = await make("deleted");
      await open("deleted");
      await world.app.links.remove(as(world.people.alice), "deleted");
      await world.app.visits.flush();
      expect([await quartersOf(link.id), await daysOf(link.id)]).toEqual([[], []]);
    });

    test("no visit is lost while the database is unavailable", async () => {
      await make("kept");
      await open("kept");
      const { database, visits } = world.app;
      const write = database.write;
      const broken = { ...database, write: () => Promise.reject(new Error("away")) };
      Object.assign(database, { write: broken.write });
      await visits.flush();
      Object.assign(database, { write });
      expect((await totalOf("kept")).visits).toBe(0);
      await visits.flush();
      expect((await totalOf("kept")).visits).toBe(1);
    });

    test("old single visits are pruned up to a limit, and totals are kept", async () => {
      const link = await make("pruned");
      for (let count = 0; count < 5; count++) await open("pruned");
      await world.app.visits.flush();
      world.clock.advance(91 * DAY);
      await open("pruned");
      await world.app.visits.flush();
      const before = [await quartersOf(link.id), await daysOf(link.id)];
      expect(await world.app.visits.prune(90, 3)).toBe(3);
      while ((await world.app.visits.prune(90, 1000)) > 0);
      expect(await singleOf(link.id)).toEqual([START + 91 * DAY]);
      expect([await quartersOf(link.id), await daysOf(link.id)]).toEqual(before);
      expect((await totalOf("pruned")).visits).toBe(6);
      world.clock.set(START);
    });
  });
}
