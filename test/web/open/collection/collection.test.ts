import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Archive } from "../../../../src/archive/archive.ts";
import { href, withQuery } from "../../../../src/http/urls.ts";
import { collectionOf } from "../../../links/files/collection.ts";
import { postgresIsAvailable } from "../../../postgres.ts";
import { FIREFOX } from "../../../user-agents.ts";
import { ORIGIN, openTestApp, type World } from "../../../world.ts";

const PASSWORD_OF_LINK = "open sesame";
const HOUR = 3_600_000;

let world: World;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

const create = (
  shortCode: string,
  texts: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
  options = {},
) => collectionOf(world, world.people.alice, shortCode, texts, options);

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  world.request(path, { headers: { "user-agent": FIREFOX, ...headers } });

const page = (shortCode: string) => href("open", { shortCode });
const part = (shortCode: string, path: string) => href("part", { shortCode, path });
const zip = (shortCode: string) => href("zip", { shortCode });
const from = (shortCode: string) => ({ referer: ORIGIN + page(shortCode) });

async function visitsOf(shortCode: string): Promise<number> {
  await world.app.visits.flush();
  return (await world.app.links.get({ is: "operator" }, shortCode)).visits;
}

describe("the page of a collection", () => {
  test("lists its files with size, preview and download, and counts as the visit", async () => {
    await create(
      "docs",
      { "Größe & more.txt": "text", "a/b.png": PNG, "x.bin": "\u0000" },
      {
        title: "Papers <1>",
      },
    );
    const response = await get("/docs");
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain("Papers &lt;1&gt;");
    expect(html).toContain("/docs/Gr%C3%B6%C3%9Fe%20%26%20more.txt?download=1");
    expect(html).toContain("/docs/a/b.png?inline=1");
    expect(html).not.toContain("x.bin?inline");
    expect(html).toContain("/-/thumb/docs?file=");
    expect(html).toContain(`href="${zip("docs")}"`);
    expect(await visitsOf("docs")).toBe(1);
  });

  test("gives each file by its path, as part of the visit of the page", async () => {
    await create("parts", { "a.txt": "one", "sub/a.txt": "two" });
    const response = await get(part("parts", "sub/a.txt"), from("parts"));
    expect(await response.text()).toBe("two");
    expect(response.headers.get("content-disposition")).toContain("attachment");
    expect(response.headers.get("content-security-policy")).toContain("sandbox");
    expect(await visitsOf("parts")).toBe(0);
    expect(await (await get(part("parts", "a.txt"))).text()).toBe("one");
    expect(await visitsOf("parts")).toBe(1);
    const range = await get(part("parts", "a.txt"), { range: "bytes=1-", ...from("parts") });
    expect([range.status, await range.text()]).toEqual([206, "ne"]);
  });

  test.each(["missing.txt", "sub", "../parts2/a", "a.txt/", "A.txt", "sub%2Fa.txt/x"])(
    "has nothing at %s",
    async (path) => {
      await create(`parts-${Bun.hash(path).toString(36).slice(0, 6)}`, { "a.txt": "one" });
      const response = await get(`/parts-${Bun.hash(path).toString(36).slice(0, 6)}/${path}`);
      expect(response.status).toBe(404);
    },
  );

  test("has pages of 200 files", async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 203 }, (_, at) => [`${at}.txt`, `${at}`]),
    );
    await create("many", texts);
    const first = await (await get("/many")).text();
    expect(first).toContain("/many/199.txt");
    expect(first).not.toContain("/many/200.txt");
    expect(first).toContain('href="/many?page=2"');
    expect(await (await get("/many?page=2")).text()).toContain("/many/202.txt");
    expect(await visitsOf("many")).toBe(1);
  });

  test.each(["1e300", "Infinity", "-3", "1.5", "0"])("is its first page for %p", async (number) => {
    await create(`of${number.replaceAll(/\W/g, "_")}`, { "first.txt": "1" });
    const response = await get(`/of${number.replaceAll(/\W/g, "_")}?page=${number}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("first.txt");
  });
});

describe("a zip", () => {
  test("has all files with their folders, or those that are chosen", async () => {
    const { id } = await create("zipped", { "a.txt": "one", "sub/ä.txt": "two", "c.txt": "three" });
    const response = await get(zip("zipped"), from("zipped"));
    expect(response.headers.get("content-type")).toBe("application/zip");
    expect(response.headers.get("content-disposition")).toContain("filename=zipped.zip");
    expect(await unzipped(response)).toEqual({
      "a.txt": "one",
      "sub/ä.txt": "two",
      "c.txt": "three",
    });
    const files = await world.app.links.files.page(id, 0, 10);
    const chosen = new URLSearchParams(
      files.slice(1).map((file) => ["file", String(file.id)] as [string, string]),
    );
    expect(await unzipped(await get(`${zip("zipped")}?${chosen}`))).toEqual({
      "sub/ä.txt": "two",
      "c.txt": "three",
    });
    expect(await visitsOf("zipped")).toBe(1);
  });

  test("has files of its own collection only", async () => {
    const { id } = await create("other", { "secret.txt": "secret" });
    const [file] = await world.app.links.files.page(id, 0, 1);
    const response = await get(withQuery(zip("zipped"), { file: String(file?.id) }));
    expect(await unzipped(response)).toEqual({});
    expect(
      (await get(withQuery(href("thumbnail", { shortCode: "zipped" }), { file: String(file?.id) })))
        .status,
    ).toBe(404);
  });
});

describe("gates hold for every byte of a collection", () => {
  const everyByte = (code: string) => [page(code), part(code, "a.txt"), zip(code)];

  test.each([
    ["an expired", { expiresAt: "1h" }, 410],
    ["a disabled", { disabled: true }, 410],
    ["a scheduled", { startsAt: "2d" }, 404],
  ])("%s one gives nothing", async (name, options, status) => {
    const code = `gated-${name.split(" ")[1]}`;
    await create(code, { "a.txt": "secret" }, options);
    if ("expiresAt" in options) world.clock.advance(2 * HOUR);
    for (const path of everyByte(code)) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, status]);
      expect(await response.text()).not.toContain("secret");
    }
  });

  test("a deleted one gives nothing", async () => {
    await create("gated-deleted", { "a.txt": "secret" });
    await world.app.links.remove({ is: "operator" }, "gated-deleted");
    for (const path of everyByte("gated-deleted")) expect((await get(path)).status).toBe(404);
  });

  test("an expired one sends visitors to its fallback", async () => {
    await create(
      "gated-fallback",
      { "a.txt": "secret" },
      {
        expiresAt: "1h",
        fallbackUrl: "https://example.org/later",
      },
    );
    world.clock.advance(2 * HOUR);
    for (const path of everyByte("gated-fallback"))
      expect((await get(path)).headers.get("location")).toBe("https://example.org/later");
  });

  test("a password is asked for once, and opens all of it", async () => {
    await create("gated-password", { "a.txt": "secret" }, { password: PASSWORD_OF_LINK });
    const response = await get(page("gated-password"));
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain("a.txt");
    for (const path of [part("gated-password", "a.txt"), zip("gated-password")]) {
      const { status, headers } = await get(path);
      expect([status, headers.get("location")]).toEqual([302, page("gated-password")]);
      expect((await get(path, { "x-link-password": "wrong" })).status).toBe(401);
    }
    const unlocked = await get(page("gated-password"), { "x-link-password": PASSWORD_OF_LINK });
    const cookie = (unlocked.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    expect(await (await get(part("gated-password", "a.txt"), { cookie })).text()).toBe("secret");
    expect(await unzipped(await get(zip("gated-password"), { cookie }))).toEqual({
      "a.txt": "secret",
    });
    expect((await get(page("gated-password"), { cookie })).headers.get("cache-control")).toContain(
      "no-store",
    );
  });

  test("a visit limit counts the page, and its files for an hour with it", async () => {
    await create("gated-limit", { "a.txt": "secret" }, { visitLimit: 1 });
    const opened = await get(page("gated-limit"));
    expect(opened.status).toBe(200);
    const cookie = (opened.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    for (const path of [part("gated-limit", "a.txt"), zip("gated-limit")]) {
      expect((await get(path)).headers.get("location")).toBe(page("gated-limit"));
      expect((await get(path, { cookie })).status).toBe(200);
    }
    expect((await get(`${page("gated-limit")}?page=2`, { cookie })).status).toBe(200);
    expect((await get(page("gated-limit"), { cookie })).status).toBe(410);
    world.clock.advance(HOUR + 1000);
    const late = await get(part("gated-limit", "a.txt"), { cookie });
    expect(late.headers.get("location")).toBe(page("gated-limit"));
  });

  test("bots and prefetches use up no visit and get no bytes", async () => {
    await create("gated-bot", { "a.txt": "secret" }, { visitLimit: 1 });
    for (const path of everyByte("gated-bot"))
      for (const headers of [{ "user-agent": "Slackbot 1.0" }, { "sec-purpose": "prefetch" }]) {
        const response = await get(path, headers);
        expect(await response.text()).not.toContain("secret");
      }
    expect((await get(page("gated-bot"))).status).toBe(200);
  });
});

test.skipIf(!postgresIsAvailable)(
  "a file that cannot be one is none, also on PostgreSQL",
  async () => {
    const other = await openTestApp({ database: "postgres" });
    await collectionOf(other, other.people.alice, "ids", { "a.txt": "text" });
    for (const id of ["1e300", "-1", "1.5", "99999999999999999999", "x"]) {
      const zipped = await other.request(`${zip("ids")}?file=${id}`);
      expect([id, zipped.status, Object.keys(await unzipped(zipped))]).toEqual([id, 200, []]);
      const thumbnail = await other.request(
        `${href("thumbnail", { shortCode: "ids" })}?file=${id}`,
      );
      expect([id, thumbnail.status]).toEqual([id, 404]);
    }
    await other.close();
  },
);

/** The files of a zip. */
async function unzipped(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(200);
  const path = join(world.dataFolder, "received.zip");
  await Bun.write(path, await response.bytes());
  using archive = await Archive.open(path);
  const files = [...archive.entries.keys()].map(async (name) => {
    return [name, (await archive.readText(name, 1000)) ?? ""] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
