/** Settings, audit log, statistics, nodes and jobs by the API. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href, withQuery } from "../../src/http/urls.ts";
import { operator, type Scope } from "../../src/policy.ts";
import { until } from "../until.ts";
import { type ApiWorld, type Asked, type Json, openApiWorld } from "./api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
  const json = { short_code: "visited", target: "https://a.example/", tags: ["one"] };
  await world.ask("POST", href("apiLinks"), { json });
  for (const referer of ["https://news.example/", "https://news.example/x", ""])
    await world.request("/visited", { headers: { referer, "user-agent": FIREFOX } });
  await world.app.visits.flush();
});
afterAll(() => world.close());

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const byAdmin = (asked: Asked = {}) => ({ by: world.people.admin, ...asked });

async function keyOf(name: "alice" | "admin", ...scopes: Scope[]) {
  const { keys } = world.app.accounts;
  const { secret } = await keys.create(operator, world.people[name], { name: "k", scopes });
  return { by: null, headers: { "x-api-key": secret } };
}

describe("settings", () => {
  const settings = href("apiSettings");
  const settingIn = (body: Json, key: string) => body.items.find((each) => each.key === key);

  test("are read with their origin, without secrets", async () => {
    const { body } = await world.ask("GET", settings, byAdmin());
    expect(settingIn(body, "app.title")).toMatchObject({ value: "Trunk8", changeable: true });
    expect(settingIn(body, "secret.key")).toMatchObject({ value: null, changeable: false });
    expect((await world.ask("GET", settings)).status).toBe(403);
  });

  test("are changed, and come from the file then", async () => {
    const json = { "app.title": "Ours", "links.schemes": ["https"], "links.indexed": true };
    const { status, body } = await world.ask("PATCH", settings, byAdmin({ json }));
    expect(status).toBe(200);
    expect(settingIn(body, "app.title")).toMatchObject({ value: "Ours", origin: "file" });
    const { body: log } = await world.ask(
      "GET",
      withQuery(href("apiAudit"), { action: "settings.changed" }),
      byAdmin(),
    );
    expect(log.items.map(({ resource }) => resource)).toContain("app.title");
  });

  test.each([
    [{ "app.title": "x".repeat(61) }, "#/app.title"],
    [{ "app.title": 5 }, "#/app.title"],
    [{ "app.title": null }, "#/app.title"],
    [{ "app.max_file_size_mb": -1 }, "#/app.max_file_size_mb"],
    [{ "app.max_file_size_mb": "5" }, "#/app.max_file_size_mb"],
    [{ "secret.key": "x" }, "#/secret.key"],
    [{ "server.listen": "0.0.0.0:1" }, "#/server.listen"],
  ])("are not changed by %p", async (json, pointer) => {
    const { status, body } = await world.ask("PATCH", settings, byAdmin({ json }));
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe("the audit log", () => {
  const audit = href("apiAudit");

  test("is listed in pages, by a key", async () => {
    const asked = await keyOf("admin", "audit:read");
    const { body } = await world.ask("GET", withQuery(audit, { limit: "1" }), asked);
    const next = withQuery(audit, { limit: "1", after: body.next });
    const { body: second } = await world.ask("GET", next, asked);
    expect(Number(second.items[0]?.id)).toBeLessThan(Number(body.items[0]?.id));
  });

  test.each([
    [{ action: "link.created" }, 1],
    [{ actor: "alice", action: "link.created" }, 1],
    [{ actor: "bob" }, 0],
    [{ resource: "visited" }, 1],
    [{ until: "2026-01-01T00:00:00Z" }, 0],
    [{ since: "2126-01-01T00:00:00+01:00" }, 0],
  ])("is filtered by %p", async (query, count) => {
    const { body } = await world.ask("GET", withQuery(audit, query), byAdmin());
    expect(body.items.length).toBe(count);
  });

  test.each([{ action: "x" }, { since: "yesterday" }, { limit: "0" }, { before: "1" }])(
    "refuses %p",
    async (query) => {
      const { status, body } = await world.ask("GET", withQuery(audit, query), byAdmin());
      expect([status, body.errors[0]?.parameter]).toEqual([422, Object.keys(query)[0]]);
    },
  );

  test("is of another list with a forged cursor", async () => {
    const path = withQuery(audit, { after: "forged" });
    expect((await world.ask("GET", path, byAdmin())).status).toBe(400);
  });
});

describe("statistics", () => {
  const stats = href("apiLinkStats", { shortCode: "visited" });

  test("of a link are read by a key for them alone", async () => {
    const { body } = await world.ask("GET", stats, await keyOf("alice", "stats:read"));
    expect(body).toMatchObject({
      unit: "day",
      referrers: {
        items: [
          { name: "news.example", visits: 2 },
          { name: "", visits: 1 },
        ],
      },
      browsers: { items: [{ name: "Firefox", visits: 3 }], others: 0 },
    });
    const all = await world.ask(
      "GET",
      withQuery(stats, { period: "all", time_zone: "Asia/Tokyo" }),
    );
    expect(all.body).toMatchObject({ time_zone: "Asia/Tokyo" });
  });

  test("of another user's link are not found", async () => {
    const asked = { by: world.people.bob };
    for (const name of ["apiLinkStats", "apiVisits", "apiSingleVisits"] as const) {
      const path = href(name, { shortCode: "visited" });
      expect((await world.ask("GET", path, asked)).status).toBe(404);
    }
  });

  test.each([{ period: "year" }, { time_zone: "Mars/Olympus" }, { owner: "bob" }])(
    "refuse %p",
    async (query) => {
      expect((await world.ask("GET", withQuery(stats, query))).status).toBe(422);
    },
  );

  test("of an account and of the site count its links", async () => {
    const sum = ({ bars }: Json) =>
      (bars as { people: number }[]).reduce((total, { people }) => total + people, 0);
    const of = async (query: Record<string, string>, asked: Asked = {}) =>
      sum((await world.ask("GET", withQuery(href("apiStats"), query), asked)).body);
    expect(await of({})).toBe(3);
    expect(await of({}, { by: world.people.bob })).toBe(0);
    expect(await of({ owner: "alice" }, { by: world.people.bob })).toBe(0);
    expect(await of({}, byAdmin())).toBe(3);
    expect(await of({ owner: "alice" }, byAdmin())).toBe(3);
    expect(await of({ owner: "nobody" }, byAdmin())).toBe(0);
  });

  test("all visits are lines of JSON", async () => {
    const { headers, response } = await world.ask(
      "GET",
      href("apiVisits", { shortCode: "visited" }),
    );
    expect(headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { from: "2026-03-17T12:00:00.000Z", by: "human", visits: 3 },
    ]);
  });

  test("single visits are lines of JSON without an address", async () => {
    const path = href("apiSingleVisits", { shortCode: "visited" });
    const { response } = await world.ask("GET", path, await keyOf("alice", "stats:read"));
    const lines = (await response.text()).trim().split("\n");
    const visits = lines.map((line) => JSON.parse(line) as Json);
    expect(visits.map(({ referrer }) => referrer).toSorted()).toEqual([
      "",
      "news.example",
      "news.example",
    ]);
    for (const visit of visits) {
      expect(visit).toMatchObject({
        at: "2026-03-17T12:00:00.000Z",
        by: "human",
        browser: "Firefox",
        system: "Linux",
        utm_source: null,
      });
      expect(JSON.stringify(visit)).not.toContain("127.0.0.1");
    }
  });
});

describe("links as NDJSON", () => {
  const read = async (query: Record<string, string>, asked: Asked = {}) => {
    const { response } = await world.ask("GET", withQuery(href("apiLinkLines"), query), asked);
    const lines = (await response.text()).split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Json);
  };

  test("are those of a list, with its filters", async () => {
    const { body } = await world.ask("GET", href("apiLinks"));
    expect(await read({})).toEqual([...body.items]);
    expect((await read({ tag: "one" })).length).toBe(1);
    expect(await read({ tag: "other" })).toEqual([]);
    expect(await read({}, { by: world.people.bob })).toEqual([]);
    expect((await read({}, byAdmin())).length).toBe(1);
  });

  test.each([{ sort: "code" }, { limit: "5" }, { status: "odd" }])("refuse %p", async (query) => {
    expect((await world.ask("GET", withQuery(href("apiLinkLines"), query))).status).toBe(422);
  });
});

describe("what a fuzz run found", () => {
  test.each([0, 1e300, true, {}])("aliases that are no list are refused: %p", async (aliases) => {
    for (const [method, path] of [
      ["POST", href("apiLinks")],
      ["PUT", href("apiLink", { shortCode: "visited" })],
      ["PATCH", href("apiLink", { shortCode: "visited" })],
    ] as const) {
      const json = { target: "https://a.example/", aliases };
      const { status, body } = await world.ask(method, path, { json });
      expect([status, body.errors[0]?.pointer]).toEqual([422, "#/aliases"]);
    }
  });

  test("an address that is too long is a problem, too", async () => {
    const path = withQuery(href("apiLinks"), { q: "x".repeat(17_000) });
    const { status, body } = await world.ask("GET", path);
    expect([status, body.code]).toEqual([414, "uri_too_long"]);
  });
});

describe("nodes and jobs", () => {
  test("health needs no key", async () => {
    const { body } = await world.ask("GET", href("apiHealth"), { by: null });
    expect(body).toMatchObject({ status: "pass" });
  });

  test("nodes are listed for administrators", async () => {
    const { status, body } = await world.ask("GET", href("apiNodes"), byAdmin());
    expect([status, Array.isArray(body.items)]).toEqual([200, true]);
    const path = href("apiNode", { node: "nowhere" });
    expect((await world.ask("DELETE", path, byAdmin())).status).toBe(404);
    expect((await world.ask("DELETE", path)).status).toBe(403);
  });

  test("a job is run, and watched", async () => {
    const asked = await keyOf("admin", "settings:admin");
    const path = href("apiJobRun", { job: "delete-old-visits" });
    const { status, headers } = await world.ask("POST", path, asked);
    expect(status).toBe(202);
    const watched = headers.get("location") ?? "";
    const hasEnded = async () => (await world.ask("GET", watched, asked)).body.last_asked !== null;
    await until(hasEnded, { what: "the job to end" });
    const { body } = await world.ask("GET", watched, asked);
    expect(body).toMatchObject({ running: false, last_asked: { failure: null } });
    const { body: all } = await world.ask("GET", href("apiJobs"), asked);
    expect(all.items).toContainEqual(body);
  });

  test("a job that there is not is not found", async () => {
    for (const [method, path] of [
      ["GET", href("apiJob", { job: "mine-coins" })],
      ["POST", href("apiJobRun", { job: "mine-coins" })],
    ] as const)
      expect((await world.ask(method, path, byAdmin())).status).toBe(404);
  });
});
