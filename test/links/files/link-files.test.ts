import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import type { FileEdit, NewLinkFile } from "../../../src/links/files/link-file.ts";
import { type Actor, operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { databases, openTestApp, type World } from "../../world.ts";
import { collectionOf, contentsOf, newFiles } from "./collection.ts";

describe.each(databases)("collections on %s", (database) => {
  let world: World;
  let alice: User;
  let actor: Actor;
  beforeAll(async () => {
    world = await openTestApp({ database });
    ({ alice } = world.people);
    actor = { is: "user", userId: alice.id, username: alice.username, role: "user" } as Actor;
  });
  afterAll(() => world.close());

  const create = (shortCode: string, files: Readonly<Record<string, string>>) =>
    collectionOf(world, alice, shortCode, files);
  const contents = (shortCode: string) => contentsOf(world, shortCode);

  test("keep their files in order, each with its bytes", async () => {
    await create("three", { "b.txt": "b", "a.txt": "a", "sub/a.txt": "sub" });
    expect(await contents("three")).toEqual([
      ["b.txt", "b"],
      ["a.txt", "a"],
      ["sub/a.txt", "sub"],
    ]);
  });

  test("need a file", async () => {
    expect(await failureOf(create("none", {}))).toMatchObject({
      fields: { files: expect.anything() },
    });
  });

  async function change(
    shortCode: string,
    edits: readonly FileEdit[],
    added: readonly NewLinkFile[] = [],
    revision?: number,
  ) {
    await world.app.links.files.change(actor, shortCode, { edits, added, revision });
  }

  test("are ordered, renamed, titled and shortened", async () => {
    const { id } = await create("change", { "1": "one", "2": "two", "3": "three", "4": "four" });
    const [one, two, three, four] = (await world.app.links.files.page(id, 0, 10)).map(
      (file) => file.id,
    );
    if (!one || !two || !three || !four) throw new Error("missing");
    await change("change", [
      { id: one, path: "2", title: " First " },
      { id: two, path: "1", isRemoved: false },
      { id: three, isRemoved: true },
      { id: four, position: 1 },
    ]);
    expect(await contents("change")).toEqual([
      ["4", "four"],
      ["2", "one"],
      ["1", "two"],
    ]);
    expect((await world.app.links.files.get(id, one))?.title).toBe("First");
    expect(await failureOf(change("change", [{ id: one, path: "1" }]))).toMatchObject({
      fields: { path: expect.anything() },
    });
    expect(
      await failureOf(
        change(
          "change",
          [one, two, four].map((file) => ({ id: file, isRemoved: true })),
        ),
      ),
    ).toMatchObject({ fields: { files: expect.anything() } });
    expect(await failureOf(change("change", [], [], 1))).toMatchObject({ code: "conflict" });
    expect(await contents("change")).toHaveLength(3);
  });

  test("get more files, and other bytes under a path", async () => {
    await create("more", { "a.txt": "a", "b.txt": "b" });
    await using added = await newFiles(world, alice, { "b.txt": "new b", "c.txt": "c" });
    await change("more", [], added.files);
    expect(await contents("more")).toEqual([
      ["a.txt", "a"],
      ["b.txt", "new b"],
      ["c.txt", "c"],
    ]);
    expect(await faults()).toEqual([]);
  });

  test("belong to one user alone", async () => {
    await create("mine", { a: "mine" });
    const { bob } = world.people;
    const other = { is: "user", userId: bob.id, username: bob.username, role: "user" } as Actor;
    expect(
      await failureOf(world.app.links.files.change(other, "mine", { edits: [], added: [] })),
    ).toMatchObject({ code: "not_found" });
  });

  test("count for the quota, each file once", async () => {
    const { blobs } = world.app.files;
    const before = (await blobs.usageOf(alice.id)).bytes;
    await create("twice", { a: "the same 16 bytes", b: "the same 16 bytes" });
    expect((await blobs.usageOf(alice.id)).bytes).toBe(before + 17);
    await blobs.setQuota(operator, alice.id, before + 20);
    expect(await failureOf(create("full", { a: "too", b: "much" }))).toMatchObject({
      code: "over_quota",
    });
    await blobs.setQuota(operator, alice.id, 0);
    expect(await faults()).toEqual([]);
  });

  test("are deleted with their files, and nothing else is", async () => {
    await create("gone", { a: "only here", b: "shared" });
    await create("stays", { b: "shared" });
    await world.app.links.discard(actor, "gone");
    world.clock.advance(120_000);
    while ((await world.app.files.blobs.sweep(100)) > 0);
    expect(await contents("stays")).toEqual([["b", "shared"]]);
    expect(await contents("three")).toHaveLength(3);
    expect(await faults()).toEqual([]);
    const strays = await Array.fromAsync(world.app.files.blobs.findStrays());
    expect(strays).toEqual([]);
  });

  test("go to another owner, with what they share with links that stay", async () => {
    const { bob } = world.people;
    await create("given", { a: "for both", b: "for one" });
    await create("kept", { a: "for both" });
    await world.app.links.transfer.transfer(operator, ["given"], bob.username);
    expect(await contents("given")).toEqual([
      ["a", "for both"],
      ["b", "for one"],
    ]);
    expect(await contents("kept")).toEqual([["a", "for both"]]);
    expect(await faults()).toEqual([]);
    await world.app.links.discard(operator, "kept");
    world.clock.advance(120_000);
    while ((await world.app.files.blobs.sweep(100)) > 0);
    expect(await contents("given")).toHaveLength(2);
  });

  test("stay collections", async () => {
    await create("stay", { a: "a" });
    const cookie = await world.signIn(alice);
    const response = await world.request("/api/v1/links/stay", {
      method: "PATCH",
      headers: { cookie, "content-type": "application/json" },
      body: JSON.stringify({ kind: "redirect", target: "https://example.org/" }),
    });
    expect(response.status).toBe(422);
    const asText = await world.request("/api/v1/links/stay", {
      method: "PATCH",
      headers: { cookie, "content-type": "application/json" },
      body: JSON.stringify({ content: "text" }),
    });
    expect(asText.status).toBe(422);
    expect(await contents("stay")).toHaveLength(1);
  });

  async function faults(): Promise<unknown[]> {
    const { consistency } = world.app.files;
    const found = [
      ...(await Array.fromAsync(consistency.findDamaged(true))),
      ...(await Array.fromAsync(consistency.findWrongUsage())),
      ...(await Array.fromAsync(consistency.findWrongUses())),
      ...(await Array.fromAsync(world.app.links.consistency.findUnlisted())),
      ...(await Array.fromAsync(world.app.links.consistency.findWithoutFile())),
    ];
    return found.map(({ what }) => what);
  }
});
