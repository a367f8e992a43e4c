import { afterAll, beforeAll, expect, test } from "bun:test";
import { ALWAYS } from "../../../src/visits/reports/single-visits.ts";
import { share } from "../../share.ts";
import { openTestApp, type World } from "../../world.ts";

let world: World;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

test("reads single visits of a link alone, in the order of time, over more than one page", async () => {
  const { app, people } = world;
  const [one, other] = await Promise.all(
    ["one", "other"].map((shortCode) =>
      share(world, people.alice, { code: shortCode, name: "a.txt", bytes: "a" }),
    ),
  );
  const visit = (linkId: number, referrer: string) =>
    app.visits.record({ linkId, at: app.clock(), userAgent: "curl/8", referrer, purpose: "" });
  const allOf = (id: number) =>
    app.visits.singles.pages({ subject: { of: "link", id }, quarters: ALWAYS, filter: {} });
  const times: number[] = [];
  for (let at = 0; at < 4100; at++) {
    visit(one?.id ?? 0, `https://r${at % 7}.example/`);
    visit(other?.id ?? 0, "");
    times.push(app.clock());
    world.clock.advance(at % 10 === 0 ? 300_000 : 10);
  }
  await app.visits.flush();
  const pages = await Array.fromAsync(allOf(one?.id ?? 0));
  const visits = pages.flat();
  expect(visits).toHaveLength(4100);
  expect(visits.map(({ at }) => at)).toEqual(times);
  expect(new Set(visits.map(({ class: by }) => by))).toEqual(new Set(["bot"]));
  expect(await Array.fromAsync(allOf(99))).toEqual([]);
});
