import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { text } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { newFileLink, newLink, receive } from "../../share.ts";
import { databases, openTestApp, type World } from "../../world.ts";
import type { CreateOrder } from "./create-once.ts";

const MINUTE = 60_000;

describe.each(databases)("an idempotency key on %s", (database) => {
  let world: World;
  beforeEach(async () => {
    world = await openTestApp({ database });
  });
  afterEach(() => world.close());

  const create = (key: string, code: string | null = null) => {
    const link = newLink({ shortCode: code, target: "https://example.com/" });
    return world.app.links.create(operator, { ownerId: world.people.alice.id, key }, link);
  };
  const total = async () => (await world.app.links.list(operator, { limit: 1 })).total;

  test("creates one link for repeated calls, and another for another key", async () => {
    const first = await create("one");
    expect(await create("one")).toEqual(first);
    expect((await create("two")).id).not.toBe(first.id);
    expect(await total()).toBe(2);
  });

  test("creates one link for calls at the same time, also under a short code of its own", async () => {
    const automatic = await Promise.all(Array.from({ length: 8 }, () => create("auto")));
    expect(new Set(automatic.map(({ id }) => id)).size).toBe(1);
    const chosen = await Promise.all(Array.from({ length: 8 }, () => create("own", "mine")));
    expect(new Set(chosen.map(({ id }) => id)).size).toBe(1);
    expect(await total()).toBe(2);
  });

  test("creates one link for calls at the same time in two processes", async () => {
    const order: CreateOrder = {
      dataFolder: world.dataFolder,
      databaseUrl: world.app.live.current["database.url"],
      ownerId: world.people.alice.id,
      now: world.clock.now(),
      keys: Array.from({ length: 20 }, (_, n) => `key-${n}`),
    };
    const ids = await Promise.all([createElsewhere(order), createElsewhere(order)]);
    expect(ids[0]).toEqual(ids[1]);
    expect(await total()).toBe(20);
  });

  test("is free again where the call was refused", async () => {
    await create("other", "taken");
    expect(await failureOf(create("one", "taken"))).toMatchObject({
      fields: { short_code: text.shortCode.taken("taken") },
    });
    expect<string>((await create("one", "free")).shortCode).toBe("free");
  });

  test("is remembered for ten minutes, and as long as its link exists", async () => {
    const first = await create("one");
    world.clock.advance(10 * MINUTE - 1);
    expect((await create("one")).id).toBe(first.id);
    world.clock.advance(1);
    const second = await create("one");
    expect(second.id).not.toBe(first.id);
    await world.app.links.remove(operator, second.shortCode);
    expect((await create("one")).id).not.toBe(second.id);
  });

  test("keeps one file of calls at the same time", async () => {
    const { alice } = world.people;
    const send = async () => {
      await using file = await receive(world, alice, "a.txt", "twelve bytes");
      const creation = { ownerId: alice.id, key: "file" };
      return await world.app.links.create(operator, creation, newFileLink("file"), file);
    };
    const [one, two, three] = await Promise.all([send(), send(), send()]);
    expect([two, three]).toEqual([one, one]);
    expect((await world.app.files.blobs.usageOf(alice.id)).bytes).toBe(12);
  });
});

async function createElsewhere(order: CreateOrder): Promise<number[]> {
  const script = join(import.meta.dir, "create-once.ts");
  const child = Bun.spawn([process.execPath, script, JSON.stringify(order)], { stderr: "inherit" });
  const printed = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return JSON.parse(printed);
}
