import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../src/http/urls.ts";
import { START } from "../world.ts";
import { type ApiWorld, type Asked, openApiWorld } from "./api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const links = href("apiLinks");
const at = (shortCode: string) => href("apiLink", { shortCode });
const TARGET = "https://example.org/";

describe("creating a link", () => {
  test("answers 201 with the whole link, its ETag and its URL", async () => {
    const json = {
      short_code: "full",
      target: TARGET,
      title: "A title",
      tags: ["b", "a"],
      note: "n",
      redirect_status: 301,
      expires_at: "2026-04-01T00:00:00+02:00",
      starts_at: null,
      fallback_url: "https://example.org/gone",
      forward_query: true,
      aliases: ["full-2"],
      visit_limit: 5,
      password: "open sesame",
      disabled: false,
    };
    const { status, headers, body } = await world.ask("POST", links, { json });
    expect(status).toBe(201);
    expect(headers.get("etag")).toBe('"r1"');
    expect(headers.get("location")).toBe(at("full"));
    const { password: _, ...stored } = json;
    expect(body).toMatchObject({
      ...stored,
      tags: ["a", "b"],
      expires_at: "2026-03-31T22:00:00.000Z",
      url: "http://trunk8.test/full",
      kind: "redirect",
      status: "live",
      owner: "alice",
      has_password: true,
      visits_left: 5,
      visits: 0,
      revision: 1,
      created_at: new Date(START).toISOString(),
      file: null,
    });
    // Only who creates a link gets what deletes it.
    const { deletion_url: deletion, thumbnail_url: thumbnail, ...read } = body;
    expect([thumbnail, String(deletion)]).toEqual([
      null,
      expect.stringContaining("/-/remove/full/"),
    ]);
    expect((await world.ask("GET", at("full"))).body).toEqual(read);
    expect((await world.ask("GET", at("full-2"))).body).toEqual(read);
  });

  test("chooses a short code", async () => {
    const { body } = await world.ask("POST", links, { json: { target: TARGET } });
    expect(body.short_code).toMatch(/^\w{7}$/);
  });

  test("stores the text of a page", async () => {
    const json = { short_code: "page", kind: "markdown", title: "Notes", content: "# Hi\n" };
    const { status, body } = await world.ask("POST", links, { json });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: "markdown",
      target: null,
      file: { name: "Notes.md", size: 5, type: "text/plain; charset=utf-8" },
    });
    expect(await (await world.request("/page?raw=1")).text()).toBe("# Hi\n");
  });

  test.each([
    [{ target: TARGET, targte: 1 }, ["#/targte"]],
    [{ target: 7 }, ["#/target"]],
    [{}, ["#/target"]],
    [{ target: TARGET, kind: null }, ["#/kind"]],
    [{ target: TARGET, tags: "a" }, ["#/tags"]],
    [{ target: TARGET, tags: [1] }, ["#/tags"]],
    [{ target: TARGET, short_code: "full" }, ["#/short_code"]],
    [{ target: TARGET, short_code: "login" }, ["#/short_code"]],
    [{ target: TARGET, visit_limit: "many", disabled: "no" }, ["#/disabled", "#/visit_limit"]],
    [{ kind: "file" }, ["#/content"]],
    [{ kind: "markdown", content: 1 }, ["#/content"]],
    [{ target: TARGET, shortCode: "x" }, ["#/shortCode"]],
    [{ target: TARGET, "a/b~": 1 }, ["#/a~1b~0"]],
    [{ target: TARGET, __proto__x: 1, constructor: 1 }, ["#/__proto__x", "#/constructor"]],
  ])("refuses %p, pointing at the field", async (json, pointers) => {
    const { status, body } = await world.ask("POST", links, { json });
    expect([status, body.code]).toEqual([422, "invalid"]);
    const found = body.errors.map(({ pointer }) => pointer).sort();
    expect(found).toEqual(pointers);
  });
});

describe("a body", () => {
  const post = (body: NonNullable<Asked["body"]>, headers: Record<string, string> = {}) =>
    world.ask("POST", links, { body, headers: { "content-type": "application/json", ...headers } });

  test.each([
    ["empty", ""],
    ["not JSON", "{"],
    ["a form", "target=x"],
    ["an array", "[]"],
    ["null", "null"],
    ["a text", '"a"'],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
    ["nested too deep", "[".repeat(100_000)],
    ["nested deep and closed", `${'{"a":'.repeat(40)}1${"}".repeat(40)}`],
  ])("that is %s gets 400", async (_, body) => {
    const { status, body: problem } = await post(body);
    expect([status, problem.code]).toEqual([400, "bad_request"]);
  });

  test.each([
    [`{"target":"${TARGET}","target":"https://example.com/"}`, "#/target"],
    [`{"target":"${TARGET}","t\\u0061rget":"https://example.com/"}`, "#/target"],
    [`{"target":"${TARGET}","tags":[{"a":1},{"b\\\\\\"":1,"b\\\\\\"":2}]}`, "#/tags/1/b%5C%22"],
  ])("with a repeated key, %p, gets 400 at %p", async (body, pointer) => {
    const { status, body: problem } = await post(body);
    expect(status).toBe(400);
    expect(problem.errors).toMatchObject([{ pointer }]);
  });

  test("of 10 MB gets 413", async () => {
    const { status, body } = await post(JSON.stringify({ content: "a".repeat(10_000_000) }));
    expect([status, body.code]).toEqual([413, "too_large"]);
  });

  test.each([
    [{ "content-type": "application/x-www-form-urlencoded" }],
    [{ "content-type": "text/plain" }],
    [{ "content-encoding": "gzip" }],
  ])("with %p gets 415", async (headers) => {
    expect((await post("{}", headers)).status).toBe(415);
  });
});

describe("reading a link", () => {
  test("answers 304 where it has not changed, and 412 where it has", async () => {
    await world.ask("POST", links, { json: { short_code: "read", target: TARGET } });
    const known = await world.ask("GET", at("read"), { headers: { "if-none-match": '"r1"' } });
    expect([known.status, known.headers.get("etag")]).toEqual([304, '"r1"']);
    const changed = await world.ask("GET", at("read"), { headers: { "if-match": '"r2"' } });
    expect([changed.status, changed.body.code]).toEqual([412, "precondition_failed"]);
  });

  test("answers HEAD as GET", async () => {
    const { status, headers } = await world.ask("HEAD", at("full"));
    expect([status, headers.get("etag")]).toEqual([200, '"r1"']);
  });

  test.each(["GET", "PATCH", "PUT", "DELETE"])(
    "of another user or none is not found, by %s",
    async (method) => {
      await world.ask("POST", links, {
        json: { short_code: `bobs-${method}`, target: TARGET },
        by: world.people.bob,
      });
      const json = method === "GET" || method === "DELETE" ? undefined : { target: TARGET };
      const other = await world.ask(method, at(`bobs-${method}`), { json });
      expect([other.status, other.body.code]).toEqual([404, "not_found"]);
      if (method === "PUT") return;
      const none = await world.ask(method, at("none-there"), { json });
      expect([none.status, none.body.code, none.body.detail]).toEqual([
        404,
        "not_found",
        other.body.detail,
      ]);
    },
  );
});

describe("changing a link", () => {
  test("keeps what is absent, clears what is null", async () => {
    await world.ask("POST", links, {
      json: { short_code: "patch", target: TARGET, title: "T", note: "N" },
    });
    const { status, headers, body } = await world.ask("PATCH", at("patch"), {
      json: { note: null, tags: ["x"] },
    });
    expect([status, headers.get("etag")]).toEqual([200, '"r2"']);
    expect(body).toMatchObject({ title: "T", note: "", tags: ["x"], revision: 2, target: TARGET });
  });

  test("is refused with 412 on an old revision, and answers what is stored", async () => {
    await world.ask("POST", links, { json: { short_code: "old", target: TARGET } });
    await world.ask("PATCH", at("old"), {
      json: { title: "first" },
      headers: { "if-match": '"r1"' },
    });
    for (const method of ["PATCH", "PUT"]) {
      const late = await world.ask(method, at("old"), {
        json: { target: TARGET, title: "second" },
        headers: { "if-match": '"r1", "r7"' },
      });
      expect([late.status, late.body.code]).toEqual([412, "precondition_failed"]);
    }
    const gone = await world.ask("DELETE", at("old"), { headers: { "if-match": '"r1"' } });
    expect(gone.status).toBe(412);
    expect((await world.ask("GET", at("old"))).body).toMatchObject({ title: "first", revision: 2 });
  });

  test("with a revision in the body is refused with 409", async () => {
    const { status, body } = await world.ask("PATCH", at("old"), {
      json: { title: "x", revision: 1 },
    });
    expect([status, body.code, body.current.revision]).toEqual([409, "conflict", 2]);
  });
});

describe("replacing a link", () => {
  test("creates it where there is none", async () => {
    const made = await world.ask("PUT", at("put"), {
      json: { target: TARGET, title: "T", password: "secret" },
    });
    expect([made.status, made.headers.get("location")]).toEqual([201, at("put")]);
  });

  test("sets everything that is absent to its default", async () => {
    const { status, body } = await world.ask("PUT", at("put"), { json: { target: `${TARGET}2` } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      target: `${TARGET}2`,
      title: "",
      has_password: false,
      revision: 2,
    });
  });

  test("with If-None-Match: * only creates", async () => {
    const headers = { "if-none-match": "*" };
    const there = await world.ask("PUT", at("put"), { json: { target: TARGET }, headers });
    expect(there.status).toBe(412);
    const fresh = await world.ask("PUT", at("put-fresh"), { json: { target: TARGET }, headers });
    expect(fresh.status).toBe(201);
  });

  test("with If-Match does not create", async () => {
    const headers = { "if-match": "*" };
    const { status } = await world.ask("PUT", at("put-none"), {
      json: { target: TARGET },
      headers,
    });
    expect(status).toBe(412);
  });

  test("keeps the content of a document", async () => {
    const { body } = await world.ask("PUT", at("page"), {
      json: { kind: "markdown", note: "kept" },
    });
    expect(body).toMatchObject({ note: "kept", title: "", file: { size: 5 } });
  });
});

test("deletes a link", async () => {
  await world.ask("PUT", at("gone"), { json: { target: TARGET } });
  const { status } = await world.ask("DELETE", at("gone"), { headers: { "if-match": '"r1"' } });
  expect(status).toBe(204);
  expect((await world.ask("GET", at("gone"))).status).toBe(404);
});

describe("any request", () => {
  test("without a key gets 401 with WWW-Authenticate", async () => {
    const { status, headers, body } = await world.ask("GET", links, { by: null });
    expect([status, body.code]).toEqual([401, "unauthenticated"]);
    expect(headers.get("www-authenticate")).toStartWith("Bearer");
  });

  test("with a method that is not there gets 405 with Allow", async () => {
    const { status, headers } = await world.ask("PATCH", links, { json: {} });
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, POST, OPTIONS"]);
  });

  test("by OPTIONS gets the methods, and no CORS", async () => {
    const headers = { origin: "https://elsewhere.example", "access-control-request-method": "GET" };
    const got = await world.ask("OPTIONS", links, { by: null, headers });
    expect([got.status, got.headers.get("allow")]).toEqual([204, "GET, HEAD, POST, OPTIONS"]);
    expect([...got.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("that accepts no JSON gets 406", async () => {
    const { status, body } = await world.ask("GET", links, { headers: { accept: "text/html" } });
    expect([status, body.code]).toEqual([406, "not_acceptable"]);
  });

  test.each(["/api/v1/", "/api/v1/none", "/api/v1/links/a/b/c"])(
    "at %p gets a problem",
    async (path) => {
      const { status, body } = await world.ask("GET", path);
      expect([status, body.code]).toEqual([404, "not_found"]);
    },
  );

  test("of a page of another site is refused with a cookie", async () => {
    const headers = { "sec-fetch-site": "cross-site" };
    const { status } = await world.ask("POST", links, { json: { target: TARGET }, headers });
    expect(status).toBe(403);
  });
});
