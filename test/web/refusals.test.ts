/** Requests that are refused are logged, once a minute for each account and rule. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { href } from "../../src/http/urls.ts";
import { writeLog } from "../../src/telemetry/log.ts";
import { form, openTestApp, type World } from "../world.ts";

type Line = Readonly<Record<string, unknown>>;

let lines: Line[];
let world: World;
beforeEach(async () => {
  lines = [];
  const log = writeLog("info", { clientAddress: "full" }, (line) => lines.push(JSON.parse(line)));
  world = await openTestApp({ log });
});
afterEach(() => world.close());

const refused = () => lines.filter(({ message }) => message === "Request refused");
const ask = async (path: string, cookie: string, init: RequestInit = {}) => {
  const headers = { cookie, ...(init.headers as Readonly<Record<string, string>>) };
  expect((await world.request(path, { ...init, headers })).status).toBe(403);
};

test("logs a page for administrators that another account asks for: who, what, from where", async () => {
  const cookie = await world.signIn(world.people.bob);
  await ask(href("users"), cookie);
  expect(refused()).toEqual([
    expect.objectContaining({
      "user.name": "bob",
      "client.address": "203.0.113.7",
      "url.path": "/users",
      "http.request.method": "GET",
      "error.code": "forbidden",
    }),
  ]);
});

test("logs one line per minute for each account and rule", async () => {
  const bob = await world.signIn(world.people.bob);
  const alice = await world.signIn(world.people.alice);
  for (let asked = 0; asked < 3; asked++) await ask(href("audit"), bob);
  await ask(href("users"), bob);
  expect(refused()).toHaveLength(1);
  await ask(href("audit"), alice);
  expect(refused()).toHaveLength(2);
  const foreign = { ...form({ action: "x" }), headers: { "sec-fetch-site": "cross-site" } };
  await ask(href("settings"), bob, foreign);
  expect(refused()).toHaveLength(3);
  world.clock.advance(61_000);
  await ask(href("audit"), bob);
  expect(refused()).toHaveLength(4);
});

test("logs a post of a visitor that another site sends, by network", async () => {
  const headers = { "sec-fetch-site": "cross-site" };
  for (const peer of ["2001:db8:1:2::a", "2001:db8:1:2::b", "2001:db8:1:3::a"])
    await world.request(href("signIn"), { ...form({}), headers, peer });
  expect(refused().map((line) => line["client.address"])).toEqual([
    "2001:db8:1:2::a",
    "2001:db8:1:3::a",
  ]);
});

test("logs no refusal for a request without a session, a missing page or a limit", async () => {
  await world.request(href("add"), form({}));
  await world.request("/nothing/here");
  expect(refused()).toEqual([]);
});
