/** What links were before, by the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const at = (shortCode: string) => href("apiLink", { shortCode });
const versionsOf = async (shortCode: string) =>
  (await world.ask("GET", href("apiVersions", { shortCode }))).body.items;
const restore = (shortCode: string, version: string, headers = {}) =>
  world.ask("POST", href("apiVersionRestore", { shortCode, version }), { headers });

test("former destinations are listed, and one is restored", async () => {
  await world.ask("PUT", at("moved"), { json: { target: "https://one.example/" } });
  world.clock.advance(60_000);
  await world.ask("PATCH", at("moved"), { json: { target: "https://two.example/" } });
  expect(await versionsOf("moved")).toMatchObject([
    { version: 2, current: true, target: "https://two.example/", by: "alice", content: null },
    { version: 1, current: false, target: "https://one.example/" },
  ]);
  expect((await restore("moved", "1", { "if-match": '"r1"' })).status).toBe(412);
  const { status, body } = await restore("moved", "1", { "if-match": '"r2"' });
  expect([status, body.target, body.revision]).toEqual([200, "https://one.example/", 3]);
  expect((await world.request("/moved")).headers.get("location")).toBe("https://one.example/");
  expect(await versionsOf("moved")).toHaveLength(3);
  const again = await restore("moved", "3");
  expect([again.status, again.body.errors[0]?.pointer]).toEqual([422, "#/version"]);
});

test("a former text is read", async () => {
  const json = { kind: "markdown", content: "# One" };
  await world.ask("PUT", at("text"), { json });
  await world.ask("PUT", at("text"), { json: { ...json, content: "# Two, longer" } });
  const [, first] = await versionsOf("text");
  expect(first).toMatchObject({ version: 1, target: null, content: { size: 5 } });
  const contentOf = (version: string) =>
    world.ask("GET", href("apiVersionContent", { shortCode: "text", version }));
  expect(await (await contentOf("1")).response.text()).toBe("# One");
  expect(await (await contentOf("2")).response.text()).toBe("# Two, longer");
  expect((await restore("text", "1")).body).toMatchObject({ kind: "markdown", file: { size: 5 } });
});

test.each(["0", "x", "99", "1e9", "-1", "9".repeat(30)])(
  "version %p is not found",
  async (version) => {
    await world.ask("PUT", at("plain"), { json: { target: "https://a.example/" } });
    expect((await restore("plain", version)).status).toBe(404);
    const path = href("apiVersionContent", { shortCode: "plain", version });
    expect((await world.ask("GET", path)).status).toBe(404);
  },
);

test("a body, which it has none, is refused", async () => {
  await world.ask("PUT", at("bodied"), { json: { target: "https://a.example/" } });
  const path = href("apiVersionRestore", { shortCode: "bodied", version: "1" });
  const { status } = await world.ask("POST", path, { json: { revision: 1 } });
  expect([400, 422]).toContain(status);
});
