/** Links that hand out bytes: what is kept, counted and given up on the way. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { User } from "../../src/accounts/user.ts";
import type { LinkChanges } from "../../src/links/input/link-schema.ts";
import type { Link } from "../../src/links/link.ts";
import type { Target } from "../../src/links/target/target.ts";
import { operator } from "../../src/policy.ts";
import { toProblem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { newFileLink, receive, type Shared, share } from "../share.ts";
import { as, databases, openTestApp, PASSWORD, START, type World } from "../world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TARGET = "https://example.org/" as Target;

for (const kind of databases) {
  describe(`the bytes of links on ${kind}`, () => {
    let world: World;
    let owner: User;
    let count = 0;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      world.clock.set(START);
      owner = await world.app.accounts.users.create(operator, {
        username: `owner${count++}`,
        password: PASSWORD,
      });
    });

    const make = (code: string, bytes: string, changes: Partial<Shared> = {}) =>
      share(world, owner, { code: `${code}-${owner.id}`, name: "a.txt", bytes, ...changes });

    const used = async () => (await world.app.files.blobs.usageOf(owner.id)).bytes;
    const folder = () => join(world.dataFolder, "users", owner.username, "assets");
    const files = () => readdirSync(folder()).filter((name) => name !== ".uploads");
    const drafts = () => readdirSync(join(folder(), ".uploads"));
    const isThere = ({ content }: Link) =>
      content !== null && existsSync(join(world.dataFolder, "users", content.path));

    const opened = async ({ shortCode }: Link) => {
      const response = await world.request(`/${shortCode}`);
      return response.status === 200 ? await response.text() : response.status;
    };

    const edit = async ({ shortCode }: Link, changes: LinkChanges, bytes?: string) => {
      if (bytes === undefined) return await world.app.links.edit(as(owner), shortCode, changes);
      await using file = await receive(world, owner, "b.txt", bytes);
      return await world.app.links.edit(as(owner), shortCode, changes, file);
    };

    /** Past every waiting time, all sweeping done. */
    const sweep = async () => {
      for (let round = 0; round < 2; round++) {
        world.clock.advance(2 * HOUR);
        await world.app.files.blobs.sweep(1000);
      }
    };

    test("are counted when they come, and free again when the link is removed", async () => {
      const link = await make("one", "12345");
      expect([await used(), await opened(link), isThere(link)]).toEqual([5, "12345", true]);
      await world.app.links.remove(as(owner), link.shortCode);
      expect([await used(), await opened(link)]).toEqual([0, 404]);
      await sweep();
      expect([isThere(link), files(), drafts()]).toEqual([false, [], []]);
    });

    test("that are the same are stored once, until the last link is gone", async () => {
      const first = await make("twin", "same");
      const second = await make("twin2", "same", { name: "b.html" });
      expect(second.content?.path).toBe(first.content?.path);
      expect(second.content).toMatchObject({ name: "b.html", type: "application/octet-stream" });
      expect(await used()).toBe(4);
      await world.app.links.remove(as(owner), first.shortCode);
      await sweep();
      expect([await used(), await opened(second), files().length]).toEqual([4, "same", 1]);
      await world.app.links.remove(as(owner), second.shortCode);
      await sweep();
      expect([await used(), files()]).toEqual([0, []]);
    });

    test("of another owner are their own, though they are the same", async () => {
      const mine = await make("own", "same of two");
      const theirs = await share(world, world.people.bob, {
        code: `theirs-${owner.id}`,
        name: "a.txt",
        bytes: "same of two",
      });
      expect(theirs.content?.path).not.toBe(mine.content?.path);
      await world.app.links.remove(as(world.people.bob), theirs.shortCode);
      await sweep();
      expect(await opened(mine)).toBe("same of two");
    });

    test("are replaced by an edit: the new ones at once, the old ones later", async () => {
      const old = await make("change", "old bytes");
      const link = await edit(old, {}, "new");
      expect([await used(), await opened(link)]).toEqual([3, "new"]);
      expect(link.content).toMatchObject({ name: "b.txt", size: 3, modifiedAt: START });
      expect(isThere(old)).toBe(true);
      await sweep();
      expect([isThere(old), isThere(link)]).toEqual([false, true]);
    });

    test("replaced by the very same are stored once", async () => {
      const link = await edit(await make("same", "same again"), {}, "same again");
      await sweep();
      expect([await used(), await opened(link), files().length]).toEqual([10, "same again", 1]);
    });

    test("stay when an edit brings none", async () => {
      const link = await make("kept", "kept bytes");
      world.clock.advance(1000);
      const edited = await edit(link, { title: "A title" });
      expect(edited.content).toEqual(link.content);
      expect([await used(), await opened(edited)]).toEqual([10, "kept bytes"]);
    });

    test("go when a file becomes a redirect, and come when it becomes a file again", async () => {
      const file = await make("kind", "bytes");
      const redirect = await edit(file, { kind: "redirect", target: TARGET });
      expect([redirect.content, await used(), await opened(file)]).toEqual([null, 0, 302]);
      const again = await edit(file, { kind: "file", target: "" }, "more bytes");
      expect([await used(), await opened(again)]).toEqual([10, "more bytes"]);
      await sweep();
      expect([isThere(file), isThere(again)]).toEqual([false, true]);
    });

    test("are given up when the code is taken, or the link of somebody else", async () => {
      const link = await make("taken", "first");
      const problem = toProblem(await failureOf(make("taken", "second, and longer")));
      expect(problem.fields).toHaveProperty("short_code");
      const theirs = await share(world, world.people.bob, {
        code: `bobs-${owner.id}`,
        name: "a.txt",
        bytes: "x",
      });
      expect(toProblem(await failureOf(edit(theirs, {}, "not mine"))).code).toBe("not_found");
      await sweep();
      expect([await used(), files().length, drafts()]).toEqual([5, 1, []]);
      expect(await opened(link)).toBe("first");
    });

    test("beyond the owner's room are refused, and leave nothing", async () => {
      await world.app.files.blobs.setQuota(operator, owner.id, 10);
      const link = await make("fits", "1234567890");
      expect(toProblem(await failureOf(make("more", "1"))).code).toBe("over_quota");
      expect(toProblem(await failureOf(edit(link, {}, "12345678901"))).code).toBe("over_quota");
      await sweep();
      expect([await used(), await opened(link), files().length]).toEqual([10, "1234567890", 1]);
      expect(await opened(await edit(link, {}, "as many..."))).toBe("as many...");
    });

    test("never overshoot it under 50 parallel creates", async () => {
      await world.app.files.blobs.setQuota(operator, owner.id, 100);
      const bytesOf = (at: number) => String(at).padStart(10, "x");
      const creates = Array.from({ length: 50 }, (_, at) => make(`par${at}`, bytesOf(at)));
      const made = (await Promise.allSettled(creates)).filter(
        ({ status }) => status === "fulfilled",
      );
      expect([made.length, await used()]).toEqual([10, 100]);
      await sweep();
      expect([files().length, drafts()]).toEqual([10, []]);
    }, 60_000);

    test("of 50 parallel creates that are the same are one", async () => {
      await world.app.files.blobs.setQuota(operator, owner.id, 10);
      const creates = Array.from({ length: 50 }, (_, at) => make(`eq${at}`, "0123456789"));
      expect(new Set((await Promise.all(creates)).map(({ content }) => content?.path)).size).toBe(
        1,
      );
      await sweep();
      expect([await used(), files().length]).toEqual([10, 1]);
    }, 60_000);

    test("go with an expired link when that is swept, not before", async () => {
      const link = await make("brief", "brief", { expiresAt: START + 1000 });
      const usedAfter = async (ms: number) => {
        world.clock.set(START + ms);
        await world.app.links.sweepExpired(30, 100);
        return await used();
      };
      expect(await usedAfter(1000)).toBe(5);
      expect(await opened(link)).toBe(410);
      expect(await usedAfter(30 * DAY)).toBe(5);
      expect(await usedAfter(30 * DAY + 1000)).toBe(0);
      await sweep();
      expect(files()).toEqual([]);
    });

    test("of many links go together", async () => {
      const links = await Promise.all(["a", "b", "c"].map((code) => make(code, `bytes ${code}`)));
      const codes = links.map(({ shortCode }) => shortCode);
      expect((await world.app.links.many.run(as(owner), codes, { deletes: true })).count).toBe(3);
      await sweep();
      expect([await used(), files()]).toEqual([0, []]);
    });

    test("a download under way ends with the bytes it began with", async () => {
      const link = await make("reading", "old ".repeat(50_000));
      const response = await world.request(`/${link.shortCode}`);
      await edit(link, {}, "new");
      expect(await response.text()).toBe("old ".repeat(50_000));
      expect(await opened(link)).toBe("new");
    });

    test("a file that comes for a redirect is not kept", async () => {
      await using file = await receive(world, owner, "a.txt", "unwanted");
      const input = {
        ...newFileLink(`lead-${owner.id}`),
        kind: "redirect",
        target: TARGET,
      } as const;
      const link = await world.app.links.create(as(owner), { ownerId: owner.id }, input, file);
      expect([link.content, await used(), files()]).toEqual([null, 0, []]);
    });
  });
}
