import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newLink } from "../share.ts";
import { FIREFOX } from "../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";

const HOUR = 3_600_000;
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
    const hoursOf = (linkId: number) =>
      world.app.database.read
        .selectFrom("visit_hour")
        .innerJoin("visitor", "visitor.id", "visit_hour.visitor_id")
        .select(["hour", "class", "referrer_host as host", "browser", "system", "visits"])
        .where("link_id", "=", linkId)
        .orderBy("hour")
        .orderBy("class")
        .execute();

    test("each visit is in the total, the hourly totals and the single visits", async () => {
      const link = await make("counted");
      for (let count = 0; count < 5; count++) await open("counted");
      world.clock.advance(HOUR);
      await open("counted", { "user-agent": FIREFOX, referer: "https://news.example/a?secret=1" });
      await world.app.visits.flush();
      expect(await totalOf("counted")).toEqual({ visits: 6, lastVisitAt: START + HOUR });
      const person = { class: "human", browser: "Firefox", system: "Linux" };
      expect(await hoursOf(link.id)).toEqual([
        { ...person, hour: START / HOUR, host: "", visits: 5 },
        { ...person, hour: START / HOUR + 1, host: "news.example", visits: 1 },
      ] as never);
      const single = await world.app.database.read
        .selectFrom("visit")
        .select("at")
        .where("link_id", "=", link.id)
        .execute();
      expect(single).toHaveLength(6);
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
      const hours = await hoursOf(link.id);
      const counts = Object.fromEntries(
        ["human", "bot", "preview", "prefetch"].map((name) => [
          name,
          hours.filter((row) => row.class === name).reduce((sum, row) => sum + row.visits, 0),
        ]),
      );
      expect(counts).toEqual({ human: 1, bot: 2, preview: 1, prefetch: 1 });
      expect(JSON.stringify(hours)).not.toContain("203.0.113");
    });

    test("visits of a link deleted before they are saved are skipped", async () => {
      const link = await make("deleted");
      await open("deleted");
      await world.app.links.remove(as(world.people.alice), "deleted");
      await world.app.visits.flush();
      expect(await hoursOf(link.id)).toEqual([]);
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
      const before = await hoursOf(link.id);
      expect(await world.app.visits.prune(90, 3)).toBe(3);
      while ((await world.app.visits.prune(90, 1000)) > 0);
      const left = await world.app.database.read.selectFrom("visit").select("at").execute();
      expect(left).toEqual([{ at: START + 91 * DAY }]);
      expect(await hoursOf(link.id)).toEqual(before);
      expect((await totalOf("pruned")).visits).toBe(6);
      world.clock.set(START);
    });
  });
}
