/** A change of more links than a request should wait for: it goes on by itself, and says how far it came. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { runBulk } from "../../../../src/jobs/run-bulk.ts";
import { inputContext } from "../../../../src/links/input/link-schema.ts";
import { operator } from "../../../../src/policy.ts";
import { runRestores } from "../../../../src/user-backup/restores/restore-queue.ts";
import { text } from "../../../../src/web/links/bulk/text.en.ts";
import { newLink } from "../../../share.ts";
import { databases, openTestApp, type World } from "../../../world.ts";

const LINKS = 1100;
const JSON_ONLY = { accept: "application/json" };

describe.each(databases)("a change of many links, on %s", (database) => {
  let world: World;
  let alice: string;
  beforeEach(async () => {
    world = await openTestApp({ database, settings: { "links.trash_days": 30 } });
    alice = await world.signIn(world.people.alice);
    const lines = Array.from({ length: LINKS }, (_, at) => `https://example.com/${at},b${at},kept`);
    const csv = new Blob([`url,code,tags\n${lines.join("\n")}`]);
    const { portions } = await world.app.links.csv.read(csv.stream(), inputContext(world.app, []));
    for await (const { links } of portions)
      await world.app.links.csv.add(operator, world.people.alice.id, links, async () => {});
  });
  afterEach(() => world.close());

  const get = (path: string, cookie = alice, headers: Record<string, string> = {}) =>
    world.request(path, { headers: { cookie, ...headers } });
  const read = async (path: string) =>
    (await (await get(path, alice, JSON_ONLY)).json()) as Record<string, unknown>;
  const run = (more = {}) => runRestores(world.app, { changeLinks: runBulk, ...more });
  const count = async (filter: object) =>
    (await world.app.links.list(operator, { ...filter, limit: 1 })).total;

  async function post(
    path: string,
    fields: Record<string, string>,
    cookie = alice,
  ): Promise<string> {
    const body = new URLSearchParams(fields);
    const init = { method: "POST", body, headers: { cookie } };
    const response = await world.request(path, init);
    expect(response.status).toBe(303);
    return response.headers.get("location") ?? "";
  }

  const start = (fields: Record<string, string>) =>
    post("/-/links", { view: "/links", whole: "on", ...fields });

  test("runs beside the request, shows its progress to its owner alone, and is undone", async () => {
    const path = await start({ action: "disable" });
    expect(path).toMatch(/^\/-\/changes\/\d+$/);
    const running = await (await get(path)).text();
    expect(running).toContain(text.running);
    expect(running).toContain('hx-trigger="every 2s"');
    expect((await get(path, await world.signIn(world.people.bob))).status).toBe(404);
    expect((await get(path.replace("changes", "import"))).status).toBe(404);
    await run();
    expect(await read(path)).toMatchObject({ state: "done", links: LINKS, count: LINKS });
    expect(await count({ status: "disabled" })).toBe(LINKS);
    await world.app.links.edit(operator, "b7", { note: "since then" });
    const undone = await post(path, { action: "undo" });
    await run();
    expect(await read(undone)).toMatchObject({ state: "done", count: LINKS - 1, undo: null });
    expect(await count({ status: "disabled" })).toBe(1);
  });

  test("goes on where its process stopped, and changes no link twice", async () => {
    const path = await start({ action: "add_tags", tags: "new" });
    const stopping = new AbortController();
    const onProgress = ({ place }: { place: number }) => place >= 500 && stopping.abort();
    await run({ stopping: stopping.signal, onProgress });
    const { state, place, count: changed } = await read(path);
    expect({ state, changed }).toEqual({ state: "running", changed: place });
    expect(place).toBeLessThan(LINKS);
    await run();
    expect(await read(path)).toMatchObject({ state: "done", place: LINKS, count: LINKS });
    expect(await count({ tags: ["new", "kept"], tagMode: "all" })).toBe(LINKS);
    expect((await world.app.links.get(operator, "b1")).revision).toBe(2);
    const undone = await post(path, { action: "undo" });
    await run();
    expect(await read(undone)).toMatchObject({ count: LINKS });
    expect(await count({ tags: ["new"] })).toBe(0);
  });

  test("a deletion is taken back but for short codes that are in use again", async () => {
    const path = await start({ action: "delete" });
    await run();
    expect(await count({})).toBe(0);
    const again = newLink({ shortCode: "b3", target: "https://example.com/again" });
    await world.app.links.create(operator, { ownerId: world.people.alice.id }, again);
    const { undo } = await read(path);
    const undone = await post("/-/trash", { action: "undo", deleted_at: String(undo) });
    await run();
    expect(await read(undone)).toMatchObject({ state: "done", count: LINKS - 1 });
    expect((await read(undone)).left_out).toMatchObject([{ short_code: "b3" }]);
    expect(await (await get(undone)).text()).toContain("b3");
    expect(await count({})).toBe(LINKS);
  });

  test("a transfer gives each link to the other user, and its undo gives it back", async () => {
    const { app, people } = world;
    const admin = await world.signIn(people.admin);
    const ofBob = newLink({ shortCode: "of-bob", target: "https://example.com/of-bob" });
    await app.links.create(operator, { ownerId: people.bob.id }, ofBob);
    const ownersOf = async () =>
      await Promise.all([people.alice, people.bob].map(({ id }) => count({ ownerId: id })));
    const transfer = { view: "/links?owner=", whole: "on", action: "transfer", to: "bob" };
    const path = await post("/-/links", transfer, admin);
    await run();
    const asAdmin = async (at: string) => await (await get(at, admin, JSON_ONLY)).json();
    expect(await asAdmin(path)).toMatchObject({ state: "done", links: LINKS + 1, count: LINKS });
    expect(await ownersOf()).toEqual([0, LINKS + 1]);
    expect((await app.links.get(operator, "b9")).tags).toEqual(["kept"]);
    await app.links.edit(operator, "b4", { note: "since then" });
    const undone = await post(path, { action: "undo" }, admin);
    await run();
    expect(await asAdmin(undone)).toMatchObject({ state: "done", count: LINKS - 1, undo: null });
    expect(await ownersOf()).toEqual([LINKS - 1, 2]);
    const back = await app.links.get(operator, "b9");
    expect(back).toMatchObject({ owner: "alice", tags: ["kept"], revision: 3 });
  });

  test("waits for an earlier change, and says so, but not for an import", async () => {
    const { app, people } = world;
    const csv = { ownerId: people.alice.id, mode: "csv", archive: "/none", isSent: false } as const;
    await app.links.restores.create(operator, csv);
    const [first, second, third] = [
      await start({ action: "add_tags", tags: "new" }),
      await start({ action: "disable" }),
      await start({ action: "expire", expires_in: "7d" }),
    ];
    expect(await (await get(first)).text()).toContain(text.running);
    expect(await (await get(second)).text()).toContain(text.queued);
    await post(third, { action: "cancel" });
    await run();
    expect(await read(first)).toMatchObject({ state: "done", count: LINKS });
    expect(await read(second)).toMatchObject({ state: "running", count: 0 });
    expect(await read(third)).toMatchObject({ state: "cancelled", count: 0 });
    expect(await (await get(second)).text()).toContain(text.running);
    await run();
    expect(await read(second)).toMatchObject({ state: "done", count: LINKS });
  });

  test("an account has no more than 20 waiting, others' do not count", async () => {
    const { restores } = world.app.links;
    const begin = (ownerId: number) => restores.createBulk(operator, ownerId, { undo: 0 });
    for (let at = 0; at < 20; at++) await begin(world.people.alice.id);
    expect(begin(world.people.alice.id)).rejects.toMatchObject({ code: "busy" });
    await begin(world.people.bob.id);
  });

  test("stops where it is cancelled, and what has changed can be undone", async () => {
    const path = await start({ action: "expire", expires_in: "7d" });
    await post(path, { action: "cancel" });
    await run();
    expect(await (await get(path)).text()).toContain(text.cancelled);
    expect(await read(path)).toMatchObject({ state: "cancelled", count: 0, undo: null });
  });

  test("tags of many links are renamed, merged and deleted in portions", async () => {
    const change = async (fields: Record<string, string>) => {
      const path = await post("/-/tags", fields);
      await run();
      return await read(path);
    };
    const renamed = await change({ action: "rename", tag: "kept", to: "Held" });
    expect(renamed).toMatchObject({ state: "done", count: LINKS, links: LINKS });
    expect((await world.app.links.get(operator, "b1")).tags).toEqual(["Held"]);
    await world.app.links.edit(operator, "b2", { tags: ["held", "other"] });
    expect(await change({ action: "merge", tag: "held", to: "other" })).toMatchObject({
      state: "done",
      count: LINKS,
    });
    expect(await count({ tags: ["other"] })).toBe(LINKS);
    expect((await world.app.links.get(operator, "b1")).revision).toBe(3);
    const failed = await change({ action: "rename", tag: "other", to: "x".repeat(51) });
    expect(failed).toMatchObject({ state: "failed", count: 0, problem: { code: "invalid" } });
    expect(await change({ action: "delete", tag: "other", to: "" })).toMatchObject({
      count: LINKS,
    });
    expect(await count({ tags: ["other"] })).toBe(0);
  });
});
