/** What links were before: kept, counted, brought back, and gone with their links. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import { inputContext } from "../../../src/links/input/link-schema.ts";
import type { Link } from "../../../src/links/link.ts";
import type { Target } from "../../../src/links/target/target.ts";
import { text } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { newFileLink, newLink } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

const DESTINATION = "https://first.example/";

for (const database of databases) {
  describe(`the history of a link on ${database}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database, settings: { "links.trash_days": 30 } });
    });
    afterAll(() => world.close());

    const links = () => world.app.links;

    async function receive(owner: User, words: string) {
      const bytes = new Blob([words]).stream();
      return await world.app.files.blobs.receive(owner, { name: "note.md", bytes }, Infinity);
    }

    async function makeText(owner: User, code: string, words: string, kind = "markdown" as const) {
      await using file = await receive(owner, words);
      const input = { ...newFileLink(code), kind };
      return await links().create(as(owner), { ownerId: owner.id }, input, file);
    }

    async function write(owner: User, code: string, words: string): Promise<Link> {
      world.clock.advance(1000);
      await using file = await receive(owner, words);
      return await links().edit(as(owner), code, {}, file);
    }

    async function textsOf(code: string): Promise<string[]> {
      const versions = await links().history.of(await links().get(operator, code));
      return await Promise.all(
        versions.map(async ({ content, target }) =>
          content === null
            ? target
            : new TextDecoder().decode(await world.app.files.blobs.read(content)),
        ),
      );
    }

    const usage = async (owner: User) => (await world.app.files.blobs.usageOf(owner.id)).bytes;

    async function faults(): Promise<string[]> {
      const { consistency } = world.app.files;
      const found = [];
      for await (const { what } of consistency.findDamaged(true)) found.push(what);
      for await (const { what } of consistency.findWrongUsage()) found.push(what);
      for await (const { what } of consistency.findWrongUses()) found.push(what);
      return found;
    }

    const restore = (owner: User, code: string, number: number) =>
      links().history.restore(as(owner), code, { number }, inputContext(world.app, []));

    test("keeps the former destinations of a redirect, with who and when", async () => {
      const { alice, admin } = world.people;
      const began = world.app.clock();
      await links().create(
        as(alice),
        { ownerId: alice.id },
        newLink({ shortCode: "moving", target: DESTINATION }),
      );
      world.clock.advance(5000);
      const second = "https://second.example/" as Target;
      await links().edit(as(alice), "moving", { target: second });
      world.clock.advance(5000);
      await links().edit(as(admin), "moving", { target: "https://third.example/" as Target });
      await links().edit(as(admin), "moving", { title: "no version of its own" });
      const versions = await links().history.of(await links().get(as(alice), "moving"));
      expect(
        versions.map(({ number, by, at, target }) => [number, by, at - began, target]),
      ).toEqual([
        [3, "admin", 10_000, "https://third.example/"],
        [2, "alice", 5000, second],
        [1, "", 0, DESTINATION as Target],
      ]);
      expect(versions.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
    });

    test("brings a destination back, which is a change with a version of its own", async () => {
      const { alice } = world.people;
      const restored = await restore(alice, "moving", 2);
      expect(restored.target).toBe("https://second.example/" as Target);
      expect(await textsOf("moving")).toEqual([
        "https://second.example/",
        "https://third.example/",
        "https://second.example/",
        DESTINATION,
      ]);
      const { events } = await world.app.audit.list(operator, { resource: "moving" }, { limit: 1 });
      expect(events[0]?.details).toMatchObject({ version: 2 });
    });

    test("rejects a version that is not kept, the current one, and a link of another", async () => {
      const { alice, bob } = world.people;
      expect(restore(alice, "moving", 99)).rejects.toThrow(text.history.noSuchVersion(99));
      expect(restore(alice, "moving", 4)).rejects.toThrow(text.history.isCurrent(4));
      expect(restore(bob, "moving", 1)).rejects.toThrow(text.access.noSuchLink);
    });

    test("brings back no destination that leads to the link itself by now", async () => {
      const { alice } = world.people;
      const origin = "https://short.example";
      const make = (shortCode: string, target: string) =>
        links().create(as(alice), { ownerId: alice.id }, newLink({ shortCode, target }));
      await make("there", DESTINATION);
      await make("here", `${origin}/there`);
      await links().edit(as(alice), "here", { target: "https://third.example/" as Target });
      await links().edit(as(alice), "there", { target: `${origin}/here` as Target });
      const context = inputContext(world.app, [origin]);
      expect(
        links().history.restore(as(alice), "here", { number: 1 }, context),
      ).rejects.toMatchObject({ fields: { target: expect.any(String) } });
    });

    test("keeps texts, counts them, and brings one back without another copy", async () => {
      const { bob } = world.people;
      const before = await usage(bob);
      await makeText(bob, "page", "one");
      await write(bob, "page", "second");
      await write(bob, "page", "the third");
      expect(await textsOf("page")).toEqual(["the third", "second", "one"]);
      expect((await usage(bob)) - before).toBe(3 + 6 + 9);
      await restore(bob, "page", 1);
      expect(await textsOf("page")).toEqual(["one", "the third", "second", "one"]);
      expect((await usage(bob)) - before).toBe(3 + 6 + 9);
      expect(await faults()).toEqual([]);
      await links().discard(as(bob), "page");
      expect(await usage(bob)).toBe(before);
      expect(await faults()).toEqual([]);
    });

    test("keeps no version of the same text, of a title, or of a file", async () => {
      const { bob } = world.people;
      await makeText(bob, "same", "words");
      await write(bob, "same", "words");
      await links().edit(as(bob), "same", { title: "Words" });
      expect(await textsOf("same")).toEqual(["words"]);
      await using file = await receive(bob, "bytes");
      await links().create(as(bob), { ownerId: bob.id }, newFileLink("bytes"), file);
      await write(bob, "bytes", "others");
      expect(await textsOf("bytes")).toEqual(["others"]);
      expect(await faults()).toEqual([]);
    });

    test("keeps the last 20", async () => {
      const { bob } = world.people;
      await makeText(bob, "long", "0");
      for (let at = 1; at <= 22; at++) await write(bob, "long", `text ${at}`);
      const texts = await textsOf("long");
      expect(texts).toHaveLength(21);
      expect([texts[0], texts.at(-1)]).toEqual(["text 22", "text 2"]);
      await restore(bob, "long", 3);
      expect((await textsOf("long"))[0]).toBe("text 2");
      expect(await faults()).toEqual([]);
    });

    test("becomes a redirect and the text again", async () => {
      const { bob } = world.people;
      await makeText(bob, "kinds", "a text");
      const target = "https://example.net/" as Target;
      await links().edit(as(bob), "kinds", { kind: "redirect", target });
      const again = await restore(bob, "kinds", 1);
      expect([again.kind, again.target]).toEqual(["markdown", ""]);
      expect(await textsOf("kinds")).toEqual(["a text", target, "a text"]);
      expect((await restore(bob, "kinds", 2)).target).toBe(target);
      expect(await faults()).toEqual([]);
    });

    test("makes room for a new text where the quota is used up", async () => {
      const { carol } = await people(world);
      await world.app.files.blobs.setQuota(operator, carol.id, 30);
      await makeText(carol, "tight", "0123456789");
      await write(carol, "tight", "1123456789");
      await write(carol, "tight", "2123456789");
      await write(carol, "tight", "3123456789");
      expect(await textsOf("tight")).toEqual(["3123456789", "2123456789", "1123456789"]);
      await write(carol, "tight", "x".repeat(30));
      expect(await textsOf("tight")).toEqual(["x".repeat(30)]);
      expect(write(carol, "tight", "y".repeat(31))).rejects.toMatchObject({ code: "over_quota" });
      expect(await faults()).toEqual([]);
    });

    test("goes with the link to another owner, also where texts are shared", async () => {
      const { alice, bob, admin } = world.people;
      const before = [await usage(alice), await usage(bob)] as const;
      await makeText(alice, "shared1", "common text");
      await makeText(alice, "shared2", "common text");
      await write(alice, "shared1", "own text");
      await links().transfer.transfer(as(admin), ["shared1"], "bob");
      expect(await textsOf("shared1")).toEqual(["own text", "common text"]);
      expect((await usage(alice)) - before[0]).toBe("common text".length);
      expect((await usage(bob)) - before[1]).toBe("common text".length + "own text".length);
      expect(await faults()).toEqual([]);
      await links().transfer.transfer(as(admin), ["shared2"], "bob");
      expect(await usage(alice)).toBe(before[0]);
      expect(await faults()).toEqual([]);
    });

    test("stays in the trash, and its bytes are not swept", async () => {
      const { bob } = world.people;
      await makeText(bob, "trashed", "before");
      await write(bob, "trashed", "after");
      await links().remove(as(bob), "trashed");
      world.clock.advance(3_600_000);
      await world.app.files.blobs.sweep(1000);
      await links().trash.recover(as(bob), ["trashed"]);
      expect(await textsOf("trashed")).toEqual(["after", "before"]);
      expect(await faults()).toEqual([]);
    });

    test("goes with an account that is deleted, or to who gets its links", async () => {
      const { admin } = world.people;
      for (const plan of [{ links: "delete" }, { links: "transfer", to: "bob" }] as const) {
        const user = await newUser(world, `leaver-${plan.links}`);
        const code = `left-${plan.links}`;
        await makeText(user, code, `${code} one`);
        await write(user, code, `${code} two`);
        await write(user, code, "shared with bob");
        await makeText(world.people.bob, `${code}-bob`, "shared with bob");
        await world.app.accounts.removal.remove(as(admin), user.id, plan);
        expect(await faults()).toEqual([]);
        world.clock.advance(3_600_000);
        await world.app.files.blobs.sweep(1000);
      }
      expect(await textsOf("left-transfer")).toEqual([
        "shared with bob",
        "left-transfer two",
        "left-transfer one",
      ]);
      expect(await faults()).toEqual([]);
    });
  });
}

async function people(world: World): Promise<{ carol: User }> {
  return { carol: await newUser(world, "carol") };
}

async function newUser(world: World, username: string): Promise<User> {
  const { users } = world.app.accounts;
  const input = { username, password: "a long password", displayName: username };
  return await users.create(operator, { ...input, role: "user", mustChangePassword: false });
}
