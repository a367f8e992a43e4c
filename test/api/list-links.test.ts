import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href, withQuery } from "../../src/http/urls.ts";
import { databases } from "../world.ts";
import { type ApiWorld, type Json, openApiWorld } from "./api-world.ts";

const links = href("apiLinks");

describe.each(databases)("the list of links on %s", (database) => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await openApiWorld({ database });
    for (let at = 0; at < 25; at++) {
      const more = at % 5 === 0 ? { tags: ["five"], disabled: true } : {};
      const json = { short_code: `a${at}`, target: `https://example.org/${at}`, ...more };
      await world.ask("POST", links, { json });
      world.clock.advance(1000);
    }
    const { bob } = world.people;
    await world.ask("POST", links, {
      by: bob,
      json: { short_code: "b", target: "https://b.example/" },
    });
  });
  afterAll(() => world.close());

  const list = (query: Record<string, string>) => world.ask("GET", withQuery(links, query));
  const codes = (body: Json) => body.items.map((link) => link.short_code);

  test.each(["created", "code", "visits", "expiry", "last_visit"])(
    "has each once, sorted by %s",
    async (sort) => {
      const found: string[] = [];
      let path: string | null = withQuery(links, { sort, limit: "10" });
      while (path !== null) {
        const { body, headers } = await world.ask("GET", path);
        found.push(...codes(body));
        const [, next] =
          /^<http:\/\/trunk8\.test(.*)>; rel="next"$/.exec(headers.get("link") ?? "") ?? [];
        expect(next === undefined).toBe(body.next === null);
        if (next !== undefined)
          expect(new URL(next, "http://x").searchParams.get("after")).toBe(body.next);
        path = next ?? null;
      }
      expect(found.length).toBe(25);
      expect(new Set(found).size).toBe(25);
    },
  );

  test.each([
    [{ tag: "five" }, 5],
    [{ tag: "five", tags: "none" }, 20],
    [{ status: "disabled" }, 5],
    [{ status: "live" }, 20],
    [{ kind: "file" }, 0],
    [{ q: "example.org/24" }, 1],
    [{ owner: "bob" }, 25],
  ])("filters by %p", async (query, count) => {
    expect((await list({ ...query, limit: "100" })).body.items.length).toBe(count);
  });

  test("of an administrator has all, or those of one owner", async () => {
    const by = world.people.admin;
    const all = await world.ask("GET", withQuery(links, { limit: "100" }), { by });
    expect(all.body.items.length).toBe(26);
    const bobs = await world.ask("GET", withQuery(links, { owner: "bob" }), { by });
    expect(codes(bobs.body)).toEqual(["b"]);
    const none = await world.ask("GET", withQuery(links, { owner: "nobody" }), { by });
    expect(codes(none.body)).toEqual([]);
  });

  test.each([
    [{ limit: "0" }, "limit"],
    [{ limit: "101" }, "limit"],
    [{ limit: "many" }, "limit"],
    [{ sort: "color" }, "sort"],
    [{ pages: "2" }, "pages"],
    [{ tag: Array(21).fill("x").join(",") }, "tag"],
  ])("refuses %p, naming the parameter", async (query, parameter) => {
    const { status, body } = await list(query);
    expect([status, body.errors[0]?.parameter]).toEqual([422, parameter]);
  });

  test("refuses a repeated parameter", async () => {
    const { status, body } = await world.ask("GET", `${links}?limit=1&limit=2`);
    expect([status, body.errors[0]?.parameter]).toEqual([422, "limit"]);
  });

  test("refuses forged cursors, and those of another query", async () => {
    const { body } = await list({ limit: "5", sort: "code" });
    for (const query of [
      { after: "forged", sort: "code" },
      { after: `${body.next}x`, sort: "code" },
      { after: String(body.next), sort: "created" },
      { after: String(body.next), sort: "code", direction: "desc" },
      { after: String(body.next), sort: "code", tag: "five" },
    ]) {
      const { status, body: problem } = await list(query);
      expect([query, status, problem.errors[0]?.parameter]).toEqual([query, 400, "after"]);
    }
  });
});
