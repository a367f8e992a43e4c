import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href, withQuery } from "../../src/http/urls.ts";
import { type ApiWorld, openApiWorld } from "./api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld({ settings: { "links.trash_days": 30 } });
});
afterAll(() => world.close());

const TARGET = "https://example.org/";
const at = (shortCode: string) => href("apiLink", { shortCode });
const put = (shortCode: string, json: object = {}) =>
  world.ask("PUT", at(shortCode), { json: { target: TARGET, ...json } });

describe("a file", () => {
  const bytes = new Uint8Array([0, 1, 2, 255]);

  test("is uploaded as the body, named by the query or Content-Disposition", async () => {
    const path = withQuery(href("apiFiles"), { name: "a.bin", short_code: "raw", tags: "x,y" });
    const { status, body, headers } = await world.ask("POST", path, { body: bytes });
    expect([status, headers.get("location")]).toEqual([201, at("raw")]);
    expect(body).toMatchObject({
      kind: "file",
      url: "http://trunk8.test/raw",
      tags: ["x", "y"],
      file: { name: "a.bin", size: 4 },
    });
    const named = await world.ask("POST", href("apiFiles"), {
      body: "text",
      headers: { "content-disposition": "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.txt" },
    });
    expect(named.body).toMatchObject({ file: { name: "gr\u00f6\u00dfe.txt", size: 4 } });
    expect((await world.ask("POST", href("apiFiles"), { body: "a" })).body).toMatchObject({
      file: { name: "file" },
    });
  });

  test("loses its metadata only where that is asked for", async () => {
    const image = new Uint8Array([
      0xff, 0xd8, 0xff, 0xfe, 0, 3, 1, 0xff, 0xda, 0, 2, 9, 0xff, 0xd9,
    ]);
    const sizeBy = async (query: Record<string, string>) => {
      const path = withQuery(href("apiFiles"), { name: "a.jpg", ...query });
      const { body } = await world.ask("POST", path, { body: image });
      return (body.file as { size: number }).size;
    };
    expect(await sizeBy({})).toBe(14);
    expect(await sizeBy({ remove_metadata: "false" })).toBe(14);
    expect(await sizeBy({ remove_metadata: "true" })).toBe(9);
  });

  test("is uploaded by a form", async () => {
    const body = new FormData();
    body.append("file", new Blob(["# Hi"]), "notes.md");
    for (const [name, value] of Object.entries({
      short_code: "form",
      kind: "markdown",
      visit_limit: "3",
      inline: "true",
      password: "secret",
      expires_at: "7d",
    }))
      body.append(name, value);
    const answer = await world.ask("POST", href("apiFiles"), { body });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ kind: "markdown", visit_limit: 3, has_password: true });
  });

  test.each([
    [{ visit_limit: "many" }, "#/visit_limit"],
    [{ kind: "redirect" }, "#/kind"],
    [{ target: TARGET }, "#/target"],
    [{ short_code: "login" }, "#/short_code"],
  ])("by a form with %p is refused", async (fields, pointer) => {
    const body = new FormData();
    body.append("file", new Blob(["a"]), "a.txt");
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const answer = await world.ask("POST", href("apiFiles"), { body });
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  test("that is missing is refused", async () => {
    expect((await world.ask("POST", href("apiFiles"))).status).toBe(400);
    const form = new FormData();
    form.append("title", "a");
    const { status, body } = await world.ask("POST", href("apiFiles"), { body: form });
    expect([status, body.errors[0]?.pointer]).toEqual([422, "#/file"]);
  });

  test("is read, also in part, and is no visit", async () => {
    const path = href("apiContent", { shortCode: "raw" });
    const whole = await world.ask("GET", path);
    expect(await whole.response.bytes()).toEqual(bytes);
    const part = await world.ask("GET", path, { headers: { range: "bytes=1-2" } });
    expect([part.status, await part.response.bytes()]).toEqual([206, bytes.slice(1, 3)]);
    const etag = whole.headers.get("etag") ?? "";
    const known = await world.ask("GET", path, { headers: { "if-none-match": etag } });
    expect(known.status).toBe(304);
    const none = await world.ask("GET", path, { headers: { range: "bytes=9-" } });
    expect(none.status).toBe(416);
    expect((await world.ask("GET", at("raw"))).body).toMatchObject({ visits: 0 });
  });

  test("is replaced, unless it has changed meanwhile", async () => {
    const path = href("apiContent", { shortCode: "raw" });
    const headers = { "if-match": '"r1"' };
    const changed = await world.ask("PUT", path, { body: "new", headers });
    expect(changed.body).toMatchObject({ revision: 2, file: { name: "a.bin", size: 3 } });
    expect((await world.ask("PUT", path, { body: "newer", headers })).status).toBe(412);
  });

  test("that does not exist, or is none, is not found", async () => {
    await put("no-file");
    for (const shortCode of ["none", "no-file"]) {
      const path = href("apiContent", { shortCode });
      expect((await world.ask("GET", path)).status).toBe(404);
      expect((await world.ask("PUT", path, { body: "a" })).status).toBe(404);
    }
  });
});

describe("a QR code", () => {
  test.each(["svg", "png"])("is drawn as %s", async (format) => {
    await put("qr");
    const path = withQuery(href("apiQr", { shortCode: "qr" }), { format, size: "128" });
    const { status, headers } = await world.ask("GET", path, { headers: { accept: "image/*" } });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toStartWith(`image/${format}`);
  });

  test("of a size out of range is refused", async () => {
    const path = withQuery(href("apiQr", { shortCode: "qr" }), { size: "9" });
    expect((await world.ask("GET", path)).body.errors[0]?.parameter).toBe("size");
  });
});

test("an alias is added once, opens the link, and is removed", async () => {
  await put("aliased");
  const path = href("apiAlias", { shortCode: "aliased", alias: "second" });
  for (let times = 0; times < 2; times++)
    expect((await world.ask("PUT", path)).body).toMatchObject({ aliases: ["second"], revision: 2 });
  expect((await world.request("/second")).status).toBe(302);
  expect((await world.ask("DELETE", path)).body).toMatchObject({ aliases: [] });
  expect((await world.ask("DELETE", path)).status).toBe(404);
  const taken = href("apiAlias", { shortCode: "aliased", alias: "qr" });
  expect((await world.ask("PUT", taken)).status).toBe(422);
});

test("an administrator transfers a link", async () => {
  await put("given");
  const path = href("apiTransfer", { shortCode: "given" });
  expect((await world.ask("POST", path, { json: { to: "bob" } })).status).toBe(403);
  const by = world.people.admin;
  const { status, body } = await world.ask("POST", path, { json: { to: "bob" }, by });
  expect([status, body.owner]).toEqual([200, "bob"]);
  const nobody = await world.ask("POST", path, { json: { to: "nobody" }, by });
  expect([nobody.status, nobody.body.errors[0]?.pointer]).toEqual([422, "#/to"]);
});

describe("the trash", () => {
  const trashed = async (code: string) => {
    await put(code);
    await world.ask("DELETE", at(code));
  };

  test("lists deleted links, which are restored or purged", async () => {
    await trashed("t1");
    world.clock.advance(1000);
    await trashed("t2");
    const { body } = await world.ask("GET", href("apiTrash"));
    expect(body.items).toMatchObject([{ short_code: "t2" }, { short_code: "t1" }]);
    const [second, first] = body.items.map((item) => String(item.trashed_code));
    const restore = href("apiRestored", { trashedCode: first ?? "" });
    expect((await world.ask("POST", restore, { json: {} })).body.short_code).toBe("t1");
    expect((await world.ask("POST", restore, { json: {} })).status).toBe(404);
    const purge = href("apiTrashed", { trashedCode: second ?? "" });
    expect((await world.ask("DELETE", purge)).status).toBe(204);
    expect((await world.ask("DELETE", purge)).status).toBe(404);
  });

  test("restores a link whose code is used again under another one", async () => {
    await trashed("twice");
    await put("twice");
    const { body } = await world.ask("GET", href("apiTrash"));
    const trashedCode = String(body.items[0]?.trashed_code);
    const path = href("apiRestored", { trashedCode });
    const taken = await world.ask("POST", path, { json: {} });
    expect([taken.status, taken.body.errors[0]?.pointer]).toEqual([422, "#/short_code"]);
    const other = await world.ask("POST", path, { json: { short_code: "thrice" } });
    expect(other.body.short_code).toBe("thrice");
  });

  test("is emptied", async () => {
    await trashed("t3");
    await trashed("t4");
    expect((await world.ask("DELETE", href("apiTrash"))).body).toEqual({ count: 2 } as never);
    expect((await world.ask("GET", href("apiTrash"))).body.items).toEqual([]);
  });
});

describe("tags", () => {
  test("are listed, renamed, merged and deleted", async () => {
    await put("tagged", { tags: ["one", "two"] });
    await put("tagged-2", { tags: ["two"] });
    const names = async () =>
      (await world.ask("GET", href("apiTags"))).body.items.map(({ name, links }) => [name, links]);
    expect(await names()).toEqual([
      ["one", 1],
      ["two", 2],
      ["x", 1],
      ["y", 1],
    ]);
    const rename = await world.ask("PATCH", href("apiTag", { tag: "ONE" }), { json: { to: "1" } });
    expect(rename.body).toEqual({ count: 1 } as never);
    const merge = await world.ask("POST", href("apiTagMerge", { tag: "two" }), {
      json: { to: "1" },
    });
    expect(merge.body).toEqual({ count: 2 } as never);
    const remove = await world.ask("DELETE", href("apiTag", { tag: "1" }));
    expect(remove.body).toEqual({ count: 2 } as never);
    expect((await world.ask("DELETE", href("apiTag", { tag: "1" }))).status).toBe(404);
  });
});
