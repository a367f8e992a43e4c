/** What one caller may ask for, and what whoever asks for more is told. */
import { afterEach, describe, expect, test } from "bun:test";
import { newLink } from "../share.ts";
import { as, form, openTestApp, type World } from "../world.ts";

let world: World;
afterEach(() => world.close());

const ON = { "limits.stranger_per_minute": 100, "limits.account_per_minute": 50 };

async function open(settings: Parameters<typeof openTestApp>[0] = {}): Promise<void> {
  world = await openTestApp({ ...settings, settings: { ...ON, ...settings.settings } });
  const { alice } = world.people;
  const input = newLink({ shortCode: "there", target: "https://example.com/" });
  await world.app.links.create(as(alice), { ownerId: alice.id }, input);
}

type Init = Parameters<World["request"]>[1];

/** How each of so many equal requests is answered, counted by status. */
async function ask(times: number, path: string, init?: Init): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let at = 0; at < times; at++) {
    const { status } = await world.request(path, init);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

describe("a stranger", () => {
  test("finds nothing twenty times at once, then a hundred times a minute", async () => {
    await open();
    expect(await ask(30, "/nowhere")).toEqual({ 404: 20, 429: 10 });
    world.clock.advance(60_000);
    expect(await ask(30, "/nowhere")).toEqual({ 404: 20, 429: 10 });
    world.clock.advance(600);
    expect(await ask(2, "/nowhere")).toEqual({ 404: 1, 429: 1 });
  });

  test("is told when to come back, and by which limit", async () => {
    await open();
    await ask(20, "/nowhere");
    const { status, headers } = await world.request("/nowhere");
    expect([status, headers.get("retry-after")]).toEqual([429, "1"]);
    expect(headers.get("ratelimit-policy")).toBe('"misses";q=100;w=60');
    expect(headers.get("ratelimit")).toBe('"misses";r=0;t=1');
  });

  test("who guesses still opens what is there, as does everybody else", async () => {
    await open();
    await ask(40, "/nowhere");
    expect(await ask(200, "/there")).toEqual({ 302: 200 });
    expect(await ask(1, "/nowhere", { peer: "203.0.113.8" })).toEqual({ 404: 1 });
    expect(await ask(1, "/auth/login")).toEqual({ 200: 1 });
  });

  test("sends twenty forms at once, whatever is in them", async () => {
    await open();
    const foreign = { method: "POST", headers: { origin: "https://elsewhere.example" } };
    expect(await ask(30, "/add", foreign)).toEqual({ 401: 20, 429: 10 });
  });

  test("of one /64 is one, and of another is another", async () => {
    await open();
    const from = (peer: string) => ask(20, "/nowhere", { peer });
    expect(await from("2001:db8:1:2::1")).toEqual({ 404: 20 });
    expect(await from("2001:db8:1:2:ffff::1")).toEqual({ 429: 20 });
    expect(await from("2001:db8:1:3::1")).toEqual({ 404: 20 });
  });

  test.each([
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "x-accel-redirect",
    "x-client-ip",
    "true-client-ip",
  ])("is the same caller whatever %s says", async (name) => {
    await open();
    const statuses: number[] = [];
    for (let at = 0; at < 25; at++) {
      const value = name === "forwarded" ? `for=192.0.2.${at}` : `192.0.2.${at}`;
      statuses.push((await world.request("/nowhere", { headers: { [name]: value } })).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });

  test("behind a trusted proxy is told from others there", async () => {
    await open({ settings: { "server.trusted_proxies": ["10.0.0.1"] } });
    const from = (address: string) =>
      ask(21, "/nowhere", { peer: "10.0.0.1", headers: { "x-forwarded-for": address } });
    expect(await from("192.0.2.1")).toEqual({ 404: 20, 429: 1 });
    expect(await from("192.0.2.2")).toEqual({ 404: 20, 429: 1 });
  });

  test("is free where the limit is 0", async () => {
    await open({ settings: { "limits.stranger_per_minute": 0 } });
    expect(await ask(150, "/nowhere")).toEqual({ 404: 150 });
  });
});

describe("an account", () => {
  test("is no stranger: it may find nothing as often as it may ask for anything", async () => {
    await open({ settings: { "limits.account_per_minute": 6000 } });
    const headers = { cookie: await world.signIn(world.people.alice) };
    expect(await ask(100, "/nowhere", { headers })).toEqual({ 404: 100 });
    expect(await ask(100, "/users/nobody", { headers })).toEqual({ 403: 100 });
  });

  test("has one limit over all of its sessions and addresses", async () => {
    await open();
    const { alice, bob } = world.people;
    const cookies = [await world.signIn(alice), await world.signIn(alice)];
    const [one, other] = cookies.map((cookie) => ({ headers: { cookie } }));
    expect(await ask(7, "/links", one)).toEqual({ 200: 7 });
    expect(await ask(7, "/links", { ...other, peer: "192.0.2.9" })).toEqual({ 200: 3, 429: 4 });
    expect(await ask(1, "/links", form({}, await world.signIn(bob)))).toEqual({ 405: 1 });
  });
});

describe("openings", () => {
  test("are limited only where that is set", async () => {
    await open({ settings: { "limits.open_per_minute": 60 } });
    expect(await ask(20, "/there")).toEqual({ 302: 12, 429: 8 });
    expect(await ask(1, "/there", { peer: "203.0.113.8" })).toEqual({ 302: 1 });
    await world.app.visits.flush();
    const total = await world.app.database.read
      .selectFrom("link_total")
      .select("visits")
      .executeTakeFirst();
    expect(total?.visits).toBe(13);
  });
});

describe("a clock that is set back", () => {
  test.each([59_000, 60_000, 3_600_000])(
    "by %d ms refuses no client whose minute has passed",
    async (jump) => {
      await open();
      expect(await ask(20, "/nowhere")).toEqual({ 404: 20 });
      world.clock.advance(60_000);
      world.clock.set(world.clock.now() - jump);
      expect(await ask(21, "/nowhere")).toEqual({ 404: 20, 429: 1 });
    },
  );

  test("ends no limit early", async () => {
    await open();
    const wrong = form({ username: "alice", password: "not this one" });
    expect(await ask(10, "/auth/login", wrong)).toEqual({ 422: 10 });
    world.clock.set(world.clock.now() - 3_600_000);
    expect(await ask(2, "/auth/login", wrong)).toEqual({ 429: 2 });
  });
});

test("limits failed sign-ins, and names the limit", async () => {
  await open();
  const wrong = form({ username: "alice", password: "not this one" });
  expect(await ask(12, "/auth/login", wrong)).toEqual({ 422: 10, 429: 2 });
  const { headers } = await world.request("/auth/login", wrong);
  expect(headers.get("ratelimit-policy")).toBe('"sign-in";q=5;w=60');
});
