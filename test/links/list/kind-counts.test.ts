import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { KindCounter } from "../../../src/links/list/kind-counts.ts";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { newLink, share } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

describe.each(databases)("counts of links by kind on %s", (database) => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp({ database });
  });
  afterAll(() => world.close());

  const add = (shortCode: string) => {
    const { alice } = world.people;
    const link = newLink({ shortCode, target: "https://example.com/" });
    return world.app.links.create(as(alice), { ownerId: alice.id }, link);
  };
  const countsOf = async (who: "alice" | "bob") => {
    const user = world.people[who];
    return Object.fromEntries(await world.app.links.countKinds(as(user), user.id));
  };

  test("are of one's own links, or of all for an administrator", async () => {
    await add("one");
    await add("two");
    await share(world, world.people.alice, { code: "file", name: "a.txt", bytes: "a" });
    await share(world, world.people.bob, {
      code: "text",
      kind: "markdown",
      name: "a.md",
      bytes: "a",
    });
    expect(await countsOf("alice")).toEqual({ redirect: 2, file: 1 });
    expect(await countsOf("bob")).toEqual({ markdown: 1 });
    expect(Object.fromEntries(await world.app.links.countKinds(operator))).toEqual({
      redirect: 2,
      file: 1,
      markdown: 1,
    });
    const { alice, bob } = world.people;
    expect(await failureOf(world.app.links.countKinds(as(alice), bob.id))).toHaveProperty(
      "code",
      "forbidden",
    );
  });

  test("follow each change, where they are not kept that of a long list within a minute", async () => {
    const { alice } = world.people;
    const { database } = world.app;
    const short = new KindCounter(database, world.clock.now, 100);
    const long = new KindCounter(database, world.clock.now, 1);
    const redirects = async () => [
      (await short.of(alice.id)).get("redirect"),
      (await long.of(alice.id)).get("redirect"),
    ];
    expect(await redirects()).toEqual([2, 2]);
    await add("three");
    expect(await redirects()).toEqual([3, database.dialect.linkCounts.areKept ? 3 : 2]);
    world.clock.advance(60_000);
    expect(await redirects()).toEqual([3, 3]);
  });
});
