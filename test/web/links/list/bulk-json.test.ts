/** `POST /-/links` with a JSON body. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { text as linkText } from "../../../../src/links/text.en.ts";
import { operator } from "../../../../src/policy.ts";
import { text as inputText } from "../../../../src/text/text.en.ts";
import { text } from "../../../../src/web/links/list/text.en.ts";
import { newLink } from "../../../share.ts";
import { as, openTestApp, START, type World } from "../../../world.ts";

let world: World;
let cookie: string;
let admin: string;
beforeAll(async () => {
  world = await openTestApp();
  cookie = await world.signIn(world.people.alice);
  admin = await world.signIn(world.people.admin);
});
afterAll(() => world.close());

let batch = 0;
let codes: readonly string[];
let his: string;
beforeEach(async () => {
  batch++;
  codes = [`a${batch}`, `b${batch}`];
  his = `d${batch}`;
  for (const [code, owner] of [
    ...codes.map((code) => [code, "alice"] as const),
    [his, "bob"] as const,
  ]) {
    const { id } = world.people[owner];
    const link = newLink({ shortCode: code, target: "https://example.com/" });
    await world.app.links.create(as(world.people[owner]), { ownerId: id }, link);
  }
});

async function send(body: unknown, by = cookie) {
  const response = await world.request("/-/links", {
    method: "POST",
    headers: { cookie: by, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as {
    count?: number;
    undo?: number | null;
    errors?: object;
  };
  return { status: response.status, ...answer };
}

const stored = (code: string) => world.app.links.get(operator, code);

test("deletes, and answers how many", async () => {
  expect(await send({ action: "delete", codes })).toEqual({ status: 200, count: 2, undo: null });
  expect(stored(codes[0] ?? "")).rejects.toMatchObject({ code: "not_found" });
});

test.each([
  ["a span", "2h", START + 7_200_000],
  ["milliseconds", START + 1000, START + 1000],
  ["null: never", null, null],
])("sets an expiry: %s", async (_, expires_at, wanted) => {
  expect(await send({ action: "expire", codes, expires_at })).toMatchObject({
    status: 200,
    count: expires_at === null ? 0 : 2,
  });
  expect((await stored(codes[1] ?? "")).expiresAt).toBe(wanted);
});

test("transfers, if an administrator asks", async () => {
  const body = { action: "transfer", codes, to: "bob" };
  expect((await send(body)).status).toBe(403);
  const { undo, ...sent } = await send(body, admin);
  expect(sent).toEqual({ status: 200, count: 2 });
  expect((await stored(codes[0] ?? "")).ownerId).toBe(world.people.bob.id);
  await send({ action: "undo", undo }, admin);
  expect((await stored(codes[0] ?? "")).ownerId).toBe(world.people.alice.id);
});

test("refuses links of others by name, and changes nothing", async () => {
  const answer = await send({ action: "delete", codes: [...codes, his] });
  expect(answer).toMatchObject({ status: 422, errors: { codes: text.bulk.notFound(his) } });
  expect(await stored(codes[0] ?? "")).toBeDefined();
});

test("disables and enables those that are not so already, and undoes it", async () => {
  const [first = "", second = ""] = codes;
  world.clock.advance(1);
  await send({ action: "disable", codes: [first] });
  world.clock.advance(1);
  const { count, undo } = await send({ action: "disable", codes });
  expect(count).toBe(1);
  expect((await stored(second)).disabled).toBe(true);
  world.clock.advance(1000);
  expect(await send({ action: "undo", undo })).toMatchObject({ status: 200, count: 1 });
  expect((await stored(second)).disabled).toBe(false);
  expect((await send({ action: "undo", undo })).count).toBe(0);
  expect((await send({ action: "enable", codes })).count).toBe(1);
});

test("changes all links of a filter, and nobody else's", async () => {
  const q = codes[0] ?? "";
  expect((await send({ action: "disable", filter: { q, status: "live" } })).count).toBe(1);
  expect((await stored(q)).disabled).toBe(true);
  expect((await stored(codes[1] ?? "")).disabled).toBe(false);
  await send({ action: "disable", filter: {} });
  expect((await stored(codes[1] ?? "")).disabled).toBe(true);
  expect((await stored(his)).disabled).toBe(false);
  const foreign = { action: "delete", filter: { owner: "bob" } };
  expect((await send(foreign)).status).toBe(403);
  expect((await send({ action: "delete", filter: { state: "live" } })).status).toBe(422);
});

describe("refuses", () => {
  const { bulk } = linkText;
  test.each([
    ["no action", { codes: ["x"] }, { action: bulk.noAction }],
    ["an unknown action", { action: "eat", codes: ["x"] }, { action: bulk.noAction }],
    ["no codes", { action: "delete" }, { codes: bulk.noCodes }],
    ["codes as a text", { action: "delete", codes: "x" }, { codes: bulk.noCodes }],
    ["an empty list", { action: "delete", codes: [" "] }, { codes: bulk.noCodes }],
    [
      "1,001 codes",
      { action: "delete", codes: Array.from({ length: 1001 }, (_, at) => `c${at}`) },
      { codes: bulk.tooMany(1000) },
    ],
    ["no expiry", { action: "expire", codes: ["x"] }, { expires_at: bulk.noExpiry }],
    [
      "an expiry in the past",
      { action: "expire", codes: ["x"], expires_at: 1 },
      { expires_at: linkText.expiry.inThePast },
    ],
    [
      "codes and a filter",
      { action: "enable", codes: ["x"], filter: {} },
      { filter: bulk.codesOrFilter },
    ],
    ["no change to undo", { action: "undo" }, { undo: bulk.noUndo }],
    ["no new owner", { action: "transfer", codes: ["x"], to: " " }, { to: bulk.noNewOwner }],
    [
      "an unknown key",
      { action: "delete", codes: ["x"], ask: true },
      { ask: inputText.input.unknownField },
    ],
    [
      "a key in another case",
      { action: "expire", codes: ["x"], expiresAt: "2h" },
      { expiresAt: inputText.input.unknownField },
    ],
  ])("%s", async (_, body, errors) => {
    expect(await send(body)).toMatchObject({ status: 422, errors });
  });

  test.each([
    ["a list", "[]"],
    ["a text", '"delete"'],
    ["null", "null"],
    ["no JSON", "{"],
  ])("%s as a bad request", async (_, body) => {
    expect((await send(body)).status).toBe(400);
  });
});
