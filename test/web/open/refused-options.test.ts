/** Options of links that are refused, each at its field. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newLink } from "../../share.ts";
import { as, ORIGIN, openTestApp, type World } from "../../world.ts";

const KEY_SHAPED = `t8${"a".repeat(38)}`;

let world: World;
let cookie = "";
beforeAll(async () => {
  world = await openTestApp();
  const { alice } = world.people;
  cookie = await world.signIn(alice);
  const input = { shortCode: "taken-code", aliases: ["taken-alias"] };
  const link = newLink({ target: "https://example.com/", ...input });
  await world.app.links.create(as(alice), { ownerId: alice.id }, link);
});
afterAll(() => world.close());

const refused: readonly [field: string, body: object][] = [
  ["visit_limit", { visit_limit: 0 }],
  ["visit_limit", { visit_limit: -1 }],
  ["visit_limit", { visit_limit: 1e12 }],
  ["visit_limit", { visit_limit: 1.5 }],
  ["visit_limit", { visit_limit: "3" }],
  ["password", { password: "a" }],
  ["password", { password: "a".repeat(10_000) }],
  ["password", { password: "" }],
  ["password", { password: 1234 }],
  ["password", { password: KEY_SHAPED }],
  ["tags", { tags: Array.from({ length: 21 }, (_, at) => `tag ${at}`) }],
  ["tags", { tags: ["a\u0007b"] }],
  ["tags", { tags: ["\u0000"] }],
  ["tags", { tags: ["x".repeat(51)] }],
  ["tags", { tags: "a, b" }],
  ["starts_at", { starts_at: "2d", expires_at: "1d" }],
  ["starts_at", { starts_at: "2d", expires_at: "2d" }],
  ["starts_at", { starts_at: "soon" }],
  ["aliases", { aliases: ["login"] }],
  ["aliases", { aliases: ["a b"] }],
  ["aliases", { aliases: ["taken-code"] }],
  ["aliases", { aliases: ["taken-alias"] }],
  ["short_code", { short_code: "taken-alias" }],
  ["fallback_url", { fallback_url: "javascript:alert(1)" }],
  ["fallback_url", { short_code: "own-fallback", fallback_url: `${ORIGIN}/own-fallback` }],
];

test.each(refused)("%s is refused, row %#", async (field, body) => {
  const response = await world.request("/add", {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ target: "https://example.com/", ...body }),
  });
  expect(response.status).toBe(422);
  expect(Object.keys(((await response.json()) as { errors: object }).errors)).toEqual([field]);
});
