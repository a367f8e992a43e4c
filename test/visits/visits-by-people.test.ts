/** Every number of visits is that of people; bots, previews and prefetches are counted separately. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operator } from "../../src/policy.ts";
import { parseReportQuery } from "../../src/visits/reports/report-query.ts";
import { linkSubject } from "../../src/visits/reports/subjects.ts";
import { text } from "../../src/web/text.en.ts";
import { newLink } from "../share.ts";
import { FIREFOX } from "../user-agents.ts";
import { readPage } from "../web/read-page.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";

const HOUR = 3_600_000;

const machines: readonly Record<string, string>[] = [
  { "user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" },
  { "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" },
  { "user-agent": FIREFOX, "sec-purpose": "prefetch" },
  { "user-agent": "" },
];

describe.each(databases)("visits of bots on %s", (kind) => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp({ database: kind });
    const { alice } = world.people;
    for (const shortCode of ["robots", "both", "unseen"]) {
      const link = newLink({ shortCode, target: "https://example.com/" });
      await world.app.links.create(as(alice), { ownerId: alice.id }, link);
    }
    await world.request("/both", { headers: { "user-agent": FIREFOX } });
    world.clock.advance(HOUR);
    for (const headers of machines)
      for (const code of ["robots", "both"]) await world.request(`/${code}`, { headers });
    await world.app.visits.flush();
    await world.app.links.refreshRanks();
  });
  afterAll(() => world.close());

  const list = async (sort: "visits" | "last_visit") =>
    (await world.app.links.list(operator, { sort, limit: 5 })).links.map(
      ({ shortCode, visits, lastVisitAt }) => ({
        shortCode: String(shortCode),
        visits,
        lastVisitAt,
      }),
    );

  test.each(["visits", "last_visit"] as const)("change no list by %s", async (sort) => {
    expect(await list(sort)).toEqual([
      { shortCode: "both", visits: 1, lastVisitAt: START },
      { shortCode: "unseen", visits: 0, lastVisitAt: null },
      { shortCode: "robots", visits: 0, lastVisitAt: null },
    ]);
  });

  test("are in no total, and in no summary of an account", async () => {
    const { alice } = world.people;
    expect(await world.app.links.totals(operator)).toMatchObject({ visits: 1 });
    expect(await world.app.links.totals(as(alice), alice.id)).toMatchObject({ visits: 1 });
    expect(await world.app.accounts.removal.summarize(operator, alice.id)).toMatchObject({
      visits: 1,
    });
  });

  test("are in no total of the home page", async () => {
    const cookie = await world.signIn(world.people.alice);
    const page = await readPage(await world.request("/", { headers: { cookie } }));
    expect(page.text).toContain(`${text.home.visits} 1`);
  });

  test("are shown apart on the page of a link", async () => {
    const { alice } = world.people;
    const link = await world.app.links.get(as(alice), "both");
    const subject = linkSubject(as(alice), link);
    const query = parseReportQuery({ range: "all" });
    const { bars } = await world.app.visits.reports.of(subject, query, { most: 1 });
    expect(bars).toEqual([expect.objectContaining({ people: 1, machines: machines.length })]);
  });
});
