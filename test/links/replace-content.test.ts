/** A link's bytes replaced: where room is short, and by many at once. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../src/accounts/user.ts";
import type { ReceivedFile } from "../../src/files/blobs.ts";
import { operator } from "../../src/policy.ts";
import { newFileLink } from "../share.ts";
import { as, databases, openTestApp, type World } from "../world.ts";

for (const kind of databases) {
  describe(`replacing bytes on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    async function* once(text: string) {
      yield new TextEncoder().encode(text);
    }

    const receive = (owner: User, text: string): Promise<ReceivedFile> =>
      world.app.files.blobs.receive(owner, { name: "note.txt", bytes: once(text) }, Infinity);

    const make = async (owner: User, code: string, text: string) => {
      const input = newFileLink(code);
      await using file = await receive(owner, text);
      return await world.app.links.create(as(owner), { ownerId: owner.id }, input, file);
    };

    const replace = async (owner: User, code: string, text: string) => {
      await using file = await receive(owner, text);
      return await world.app.links.edit(as(owner), code, {}, file);
    };

    test("a file gives its room to the one that takes its place", async () => {
      const { alice } = world.people;
      await world.app.files.blobs.setQuota(operator, alice.id, 10);
      await make(alice, "full", "0123456789");
      const { content } = await replace(alice, "full", "9876543210");
      expect(content?.size).toBe(10);
      expect(await world.app.files.blobs.usageOf(alice.id)).toEqual({ bytes: 10, quota: 10 });
    });

    test("of many that replace one file at once, the last stays, and the room of the others is free", async () => {
      const { bob } = world.people;
      await make(bob, "contested", "first");
      const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`.padEnd(12));
      await Promise.all(texts.map((text) => replace(bob, "contested", text)));
      expect((await world.app.files.blobs.usageOf(bob.id)).bytes).toBe(12);
      await world.app.links.remove(as(bob), "contested");
      expect((await world.app.files.blobs.usageOf(bob.id)).bytes).toBe(0);
    });

    test("a file deleted while others replace it leaves nothing behind", async () => {
      const { bob } = world.people;
      await make(bob, "going", "first");
      const replacing = Array.from({ length: 10 }, (_, at) => replace(bob, "going", `text ${at}`));
      const removing = world.app.links.remove(as(bob), "going");
      await Promise.allSettled([...replacing, removing]);
      expect((await world.app.files.blobs.usageOf(bob.id)).bytes).toBe(0);
    });
  });
}
