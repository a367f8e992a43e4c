/** Collections in archives of users. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { User } from "../../src/accounts/user.ts";
import { operator } from "../../src/policy.ts";
import { backUpUser } from "../../src/user-backup/back-up-user.ts";
import { planRestore } from "../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../src/user-backup/restore-user.ts";
import { runRestores } from "../../src/user-backup/restores/restore-queue.ts";
import { collectionOf, contentsOf } from "../links/files/collection.ts";
import { share } from "../share.ts";
import { as, databases, openTestApp, type World } from "../world.ts";

describe.each(databases)("a user's archive with collections on %s", (database) => {
  let source: World;
  let target: World;
  let path: string;
  const files = { "b.txt": "for two", "sub/ä.txt": "deep", empty: "" };

  beforeEach(async () => {
    source = await openTestApp({ database });
    target = await openTestApp({ database });
    const { alice } = source.people;
    await collectionOf(source, alice, "papers", files, { title: "Papers" });
    await collectionOf(source, alice, "second", { "1": "for two" });
    await share(source, alice, { code: "single", name: "b.txt", bytes: "for two" });
    const { id } = await source.app.links.get(operator, "papers");
    const [first] = await source.app.links.files.page(id, 0, 1);
    const edits = [{ id: first?.id ?? 0, title: "The second", position: 2 }];
    await source.app.links.files.change(operator, "papers", { edits, added: [] });
    const { name, bytes } = await backUpUser(source.app, as(alice), alice);
    path = join(target.dataFolder, name);
    writeFileSync(path, Buffer.concat(await Array.fromAsync(bytes)));
  });
  afterEach(async () => {
    await source.close();
    await target.close();
  });

  const expected = [
    ["sub/ä.txt", "deep"],
    ["b.txt", "for two"],
    ["empty", ""],
  ] as [string, string][];

  async function expectRestored(owner: User): Promise<void> {
    expect(await contentsOf(target, "papers")).toEqual(expected);
    expect(await contentsOf(target, "second")).toEqual([["1", "for two"]]);
    const { id, title, kind } = await target.app.links.get(operator, "papers");
    expect({ title, kind }).toEqual({ title: "Papers", kind: "collection" });
    const page = await target.app.links.files.page(id, 0, 10);
    expect(page.map((file) => file.title)).toEqual(["", "The second", ""]);
    expect((await target.app.files.blobs.usageOf(owner.id)).bytes).toBe(11);
    const { consistency } = target.app.files;
    const uses = await Array.fromAsync(consistency.findWrongUses());
    expect([...uses, ...(await Array.fromAsync(consistency.findDamaged(true)))]).toEqual([]);
  }

  test("restores them, and once when restored twice", async () => {
    const { bob } = target.people;
    for (let times = 0; times < 2; times++) {
      using plan = await planRestore(target.app, as(bob), { owner: bob, path, mode: "merge" });
      expect(plan.skipped).toEqual([]);
      await restoreUser(target.app, as(bob), plan);
      await expectRestored(bob);
    }
    target.clock.advance(120_000);
    while ((await target.app.files.blobs.sweep(100)) > 0);
    await expectRestored(bob);
  });

  test("restores them in portions", async () => {
    const { bob } = target.people;
    const order = { ownerId: bob.id, mode: "replace" as const, archive: path, isSent: false };
    await target.app.links.restores.create(as(bob), order);
    await runRestores(target.app, { stopping: new AbortController().signal });
    await expectRestored(bob);
  });
});
