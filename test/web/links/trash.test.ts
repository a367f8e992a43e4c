/** `/-/trash`, and the button that undoes a deletion, as browsers and programs use them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newLink } from "../../share.ts";
import { as, openTestApp, type World } from "../../world.ts";

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await openTestApp({ settings: { "links.trash_days": 30 } });
  cookie = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

async function make(...codes: string[]): Promise<void> {
  const { alice } = world.people;
  for (const shortCode of codes) {
    const input = newLink({ shortCode, target: "https://example.com/" });
    await world.app.links.create(as(alice), { ownerId: alice.id }, input);
  }
}

const post = (path: string, fields: Record<string, string>, more = cookie) =>
  world.request(path, {
    method: "POST",
    headers: { cookie: more },
    body: new URLSearchParams(fields),
  });

const postJson = (body: unknown) =>
  world.request("/-/trash", {
    method: "POST",
    headers: { cookie, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });

const pageOf = async (path: string, more = cookie) =>
  await (await world.request(path, { headers: { cookie: more } })).text();

const noticeIn = (response: Response) =>
  response.headers.getSetCookie().find((each) => each.startsWith("notice=")) ?? "";

describe("a deletion", () => {
  test("is undone by the button of its notice", async () => {
    await make("one");
    const deleted = await post("/delete_link/one", {});
    expect(deleted.status).toBe(303);
    const list = await pageOf("/links", `${cookie}; ${noticeIn(deleted).split(";")[0]}`);
    const [, at = ""] = /name="?deleted_at"? value="?(\d+)/.exec(list) ?? [];
    const undone = await post("/-/trash", { action: "undo", deleted_at: at });
    expect([undone.status, undone.headers.get("location")]).toEqual([303, "/links"]);
    expect((await world.request("/one")).status).toBe(302);
    await post("/delete_link/one", {});
    await postJson({ action: "empty" });
  });

  test("of several links is undone as one", async () => {
    await make("two", "three");
    const deleted = await post("/-/links", { codes: "two,three", action: "delete" });
    const [, , at = ""] = (noticeIn(deleted).split(";")[0] ?? "").split(".");
    const undone = await postJson({ action: "undo", deleted_at: Number(at) });
    expect(await undone.json()).toEqual({ count: 2 });
    await post("/-/links", { codes: "two,three", action: "delete" });
    expect(await (await postJson({ action: "empty" })).json()).toEqual({ count: 2 });
  });
});

describe("the page", () => {
  test("lists what is deleted, restores it and deletes it permanently", async () => {
    await make("kept", "lost");
    await post("/-/links", { codes: "kept,lost", action: "delete" });
    const page = await pageOf("/-/trash");
    for (const code of ["kept", "lost"]) expect(page).toContain(code);
    await post("/-/trash", { action: "recover", codes: "kept" });
    await post("/-/trash", { action: "purge", codes: "lost" });
    const rest = await pageOf("/-/trash");
    for (const code of ["kept", "lost"]) expect(rest).not.toContain(`value="${code}"`);
    expect((await world.request("/kept")).status).toBe(302);
  });

  test("asks for another short code where the link's own is used again", async () => {
    await make("again");
    await post("/delete_link/again", {});
    await make("again");
    const page = await pageOf("/-/trash");
    const [, code = ""] = /code=(%7E\d+|~\d+)/.exec(page) ?? [];
    expect(await pageOf(`/-/trash?code=${code}`)).toContain("short_code");
    const codes = decodeURIComponent(code);
    const refused = await post("/-/trash", { action: "recover", codes, short_code: "again" });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('value="again"');
    await post("/-/trash", { action: "recover", codes, short_code: "again-2" });
    expect((await world.request("/again-2")).status).toBe(302);
  });

  test("of another account is an administrator's alone", async () => {
    const asked = { headers: { cookie } };
    expect((await world.request("/-/trash?owner=bob", asked)).status).toBe(403);
    expect((await world.request("/-/trash?owner=nobody", asked)).status).toBe(403);
    const admin = { headers: { cookie: await world.signIn(world.people.admin) } };
    expect((await world.request("/-/trash?owner=bob", admin)).status).toBe(200);
    expect((await world.request("/-/trash?owner=nobody", admin)).status).toBe(404);
  });
});

const broken: readonly (readonly [what: string, body: unknown, field: string])[] = [
  ["no action", {}, "action"],
  ["an unknown action", { action: "burn" }, "action"],
  ["no codes", { action: "purge", codes: [] }, "codes"],
  [
    "1,001 codes",
    { action: "recover", codes: Array.from({ length: 1001 }, (_, at) => `${at}`) },
    "codes",
  ],
  ["no time", { action: "undo" }, "deleted_at"],
  ["a time that is none", { action: "undo", deleted_at: "now" }, "deleted_at"],
  ["a bad short code", { action: "recover", codes: ["x"], short_code: "a b" }, "short_code"],
];

test.each(broken)("%s is refused", async (_, body, field) => {
  const response = await postJson(body);
  expect(response.status).toBe(422);
  expect(JSON.stringify(await response.json())).toContain(field);
});
