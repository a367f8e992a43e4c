/** GET /<code> of a file, as a visitor meets it. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { parse } from "content-disposition";
import type { Settings } from "../../../src/config/settings.ts";
import { isInert } from "../../../src/files/media/media-type.ts";
import { text as files } from "../../../src/files/text.en.ts";
import { receive, type Shared, share } from "../../share.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const PNG_HEAD = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const TEXT = "0123456789".repeat(100);
const SIZE = TEXT.length;

for (const kind of databases) {
  describe(`a file on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      await share(world, world.people.alice, { code: "text", name: "a.txt", bytes: TEXT });
      await share(world, world.people.alice, { code: "two", name: "two.txt", bytes: "12" });
      await share(world, world.people.alice, { code: "empty", name: "empty.txt", bytes: "" });
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = (shared: Shared) => share(world, world.people.alice, shared);

    const visitsOf = async (code: string) => {
      await world.app.visits.flush();
      return (await world.app.links.get(as(world.people.alice), code)).visits;
    };

    /** How many visits a request came to. */
    const counted = async (path: string, init?: RequestInit) => {
      const code = path.split(/[/?]/).at(path.startsWith("/-/") ? 3 : 1) ?? "";
      const before = await visitsOf(code);
      await (await world.request(path, init)).arrayBuffer();
      return (await visitsOf(code)) - before;
    };

    test("answers also to its code with its extension, as one visit each", async () => {
      await make({ code: "by-name", name: "holiday.JPG", bytes: "\xff\xd8\xff\xe0 picture" });
      for (const path of ["/by-name.jpg", "/by-name.JPG"]) {
        const response = await world.request(path);
        expect([response.status, (await response.bytes()).length]).toEqual([
          200,
          (await (await world.request("/by-name")).bytes()).length,
        ]);
      }
      expect((await world.request("/by-name.jpg", { method: "HEAD" })).status).toBe(200);
      const before = await visitsOf("by-name");
      await (await world.request("/by-name.jpg")).bytes();
      expect((await visitsOf("by-name")) - before).toBe(1);
      for (const path of ["/by-name.png", "/by-name.jpg.jpg", "/by-name.", "/unknown.jpg"])
        expect((await world.request(path)).status).not.toBe(200);
    });

    test("comes whole, with its name, type and hash", async () => {
      world.clock.advance(1000);
      for (let time = 1; time <= 2; time++) {
        const response = await world.request("/text");
        expect(response.status).toBe(200);
        expect(await response.text()).toBe(TEXT);
        const told = Object.fromEntries(response.headers);
        expect(told).toMatchObject({
          "content-type": "text/plain; charset=utf-8",
          "content-disposition": "attachment; filename=a.txt",
          "content-length": String(SIZE),
          "accept-ranges": "bytes",
          "last-modified": "Tue, 17 Mar 2026 12:00:00 GMT",
          "cache-control": "no-cache",
          "x-content-type-options": "nosniff",
          "cross-origin-resource-policy": "cross-origin",
          etag: expect.stringMatching(/^"[0-9a-f]{64}-[0-9a-z]+"$/),
        });
        expect(told["content-security-policy"]).toContain("sandbox");
      }
    });

    test("HEAD is answered like GET", async () => {
      const [get, head] = await Promise.all([
        world.request("/text"),
        world.request("/text", { method: "HEAD" }),
      ]);
      const { date, ...told } = Object.fromEntries(head.headers);
      expect(told).toEqual(Object.fromEntries(get.headers));
      expect([head.status, await head.text(), typeof date]).toEqual([200, "", "string"]);
    });

    const ten = Array.from({ length: 10 }, (_, at) => `${at * 9}-${at * 9}`).join(",");

    test.each([
      ["/text", "0-0", 206, `bytes 0-0/${SIZE}`, 1],
      ["/text", "-500", 206, `bytes ${SIZE - 500}-${SIZE - 1}/${SIZE}`, 500],
      ["/text", "-0", 416, `bytes */${SIZE}`, 0],
      ["/text", "abc", 200, null, SIZE],
      ["/text", "5-2", 200, null, SIZE],
      ["/text", "0-", 206, `bytes 0-${SIZE - 1}/${SIZE}`, SIZE],
      ["/text", "2000-", 416, `bytes */${SIZE}`, 0],
      ["/text", ten, 200, null, SIZE],
      ["/empty", "0-0", 416, "bytes */0", 0],
      ["/empty", "-500", 200, null, 0],
      ["/empty", "-0", 416, "bytes */0", 0],
      ["/empty", "abc", 200, null, 0],
      ["/empty", "0-", 416, "bytes */0", 0],
    ])("%s asked for bytes=%s is answered %p", async (path, range, status, told, length) => {
      const response = await world.request(path, { headers: { range: `bytes=${range}` } });
      expect(response.status).toBe(status);
      expect(response.headers.get("content-range")).toBe(told);
      expect((await response.arrayBuffer()).byteLength).toBe(length);
    });

    test("counts a GET of the file, of its first part beyond a probe, or of its unchanged state", async () => {
      const etag = (await world.request("/text", { method: "HEAD" })).headers.get("etag") ?? "";
      const viewer = { referer: "http://trunk8.test/-/view/text" };
      const rows: [string, RequestInit, number][] = [
        ["/text", {}, 1],
        ["/text?download=1", {}, 1],
        ["/text", { headers: { range: "bytes=0-9" } }, 1],
        ["/text", { headers: { "if-none-match": etag } }, 1],
        ["/-/view/text", {}, 1],
        ["/text", { headers: { referer: "http://trunk8.test/-/view/other" } }, 1],
        ["/text", { method: "HEAD" }, 0],
        ["/-/view/text", { method: "HEAD" }, 0],
        ["/text", { headers: { range: "bytes=0-" } }, 1],
        ["/two", { headers: { range: "bytes=0-1" } }, 1],
        ["/text", { headers: { range: "bytes=0-1" } }, 0],
        ["/text", { headers: { range: "bytes=0-0" } }, 0],
        ["/text", { headers: { range: "bytes=1-9" } }, 0],
        ["/text", { headers: { range: "bytes=-0" } }, 0],
        ["/text", { headers: { "if-match": '"other"' } }, 0],
        ["/text", { headers: viewer }, 0],
        ["/-/thumb/text", {}, 0],
      ];
      for (const [path, init, visits] of rows) {
        expect([path, init, await counted(path, init)]).toEqual([path, init, visits]);
      }
    });

    test("is answered alike from the disk and from memory, and counted", async () => {
      await make({ code: "often", name: "a.png", bytes: PNG_HEAD, inline: true });
      const rows: RequestInit[] = [
        {},
        { method: "HEAD" },
        { headers: { range: "bytes=2-3" } },
        { headers: { range: "bytes=99-" } },
        { headers: { "if-match": '"other"' } },
        { headers: { referer: "http://trunk8.test/-/view/often" } },
        { headers: { "service-worker": "script" } },
      ];
      const ask = async (init: RequestInit) => {
        const before = await visitsOf("often");
        const { status, headers, body } = await world.request("/often", init);
        for (const name of ["date", "x-request-id"]) headers.delete(name);
        const told = Object.fromEntries(headers);
        const text = await new Response(body).text();
        return { status, told, text, visits: (await visitsOf("often")) - before };
      };
      for (const init of rows) {
        const fromDisk = await ask(init);
        await world.request("/often", { method: "HEAD" });
        expect([init, await ask(init)]).toEqual([init, fromDisk]);
        world.clock.advance(10_001);
      }
    });

    test("is what its link says now, also when it was in memory", async () => {
      await make({ code: "edited", name: "a.txt", bytes: "before" });
      await world.request("/edited");
      await using file = await receive(world, world.people.alice, "b.txt", "after");
      await world.app.links.edit(as(world.people.alice), "edited", {}, file);
      const response = await world.request("/edited");
      expect(await response.text()).toBe("after");
      expect(response.headers.get("content-disposition")).toContain("b.txt");
      await world.app.links.remove(as(world.people.alice), "edited");
      expect((await world.request("/edited")).status).toBe(404);
    });

    test("is sent anew when its link shows it instead of downloading it", async () => {
      await make({ code: "switched", name: "a.txt", bytes: "x" });
      world.clock.advance(60_000);
      const { headers } = await world.request("/switched");
      const etag = headers.get("etag") ?? "";
      const modified = headers.get("last-modified") ?? "";
      await world.app.links.edit(as(world.people.alice), "switched", { inline: true });
      for (const condition of [{ "if-none-match": etag }, { "if-modified-since": modified }]) {
        const response = await world.request("/switched", { headers: condition });
        expect(response.status).toBe(200);
        expect(response.headers.get("content-disposition")).toStartWith("inline");
      }
    });

    test("is 410 once it has expired or is switched off", async () => {
      await make({ code: "brief", name: "a.txt", bytes: "x", expiresAt: START + 1000 });
      await make({ code: "off", name: "a.txt", bytes: "x", disabled: true });
      expect((await world.request("/brief")).status).toBe(200);
      world.clock.advance(1000);
      for (const code of ["brief", "off"]) {
        expect((await world.request(`/${code}`)).status).toBe(410);
        expect((await world.request(`/-/view/${code}`)).status).toBe(410);
        expect((await world.request(`/-/thumb/${code}`)).status).toBe(404);
      }
    });

    test("is shown in place by its switch, or by ?inline=1, and saved by ?download=1", async () => {
      await make({ code: "shown", name: "a.png", bytes: PNG_HEAD, inline: true });
      const shownAs = async (path: string) =>
        (await world.request(path)).headers.get("content-disposition")?.split(";")[0];
      expect(await shownAs("/shown")).toBe("inline");
      expect(await shownAs("/shown?download=1")).toBe("attachment");
      expect(await shownAs("/shown?download=1&inline=1")).toBe("attachment");
      expect(await shownAs("/text")).toBe("attachment");
      expect(await shownAs("/text?inline=1")).toBe("inline");
    });

    const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

    test.each([
      ["x.svg", SVG, "image/svg+xml"],
      ["x.html", "<script>alert(1)</script>", "application/octet-stream"],
      ["x.js", "alert(1)", "text/plain; charset=utf-8"],
      ["polyglot.js", "GIF89a=1;alert(1)", "image/gif"],
      ["polyglot.gif", "GIF89a=1;alert(1)", "image/gif"],
      ["lying.png", SVG, "application/octet-stream"],
      ["lying.pdf", "<html>", "application/octet-stream"],
    ])("%s never runs here, however it is asked for", async (name, bytes, type) => {
      const code = name.replace(".", "_");
      await make({ code, name, bytes, inline: true });
      for (const query of ["", "?inline=1", "?download=1"]) {
        const { headers } = await world.request(`/${code}${query}`);
        expect(headers.get("content-type")).toBe(type);
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(headers.get("content-security-policy")).toContain("sandbox");
        const shownAs = headers.get("content-disposition")?.split(";")[0];
        expect(shownAs).toBe(isInert(type) && query !== "?download=1" ? "inline" : "attachment");
      }
    });

    test.each([
      ['quo"ted.txt', 'quo"ted.txt'],
      ["a;b=c, d.txt", "a;b=c, d.txt"],
      ["cr\r\nSet-Cookie: a=b.txt", "crSet-Cookie: a=b.txt"],
      ["\u{1f600} \u6771\u4eac.txt", "\u{1f600} \u6771\u4eac.txt"],
      ["100%25.txt", "100%25.txt"],
      ["..\\..\\x.txt", "x.txt"],
    ])("the name %p is told as %p, in one header", async (name, told) => {
      await make({ code: "named", name, bytes: "x" });
      const { headers } = await world.request("/named");
      const header = headers.get("content-disposition") ?? "";
      expect(header).toMatch(/^[\x20-\x7e]+$/);
      expect(parse(header).parameters.filename).toBe(told);
      expect(headers.get("set-cookie")).toBeNull();
      await world.app.links.remove(as(world.people.alice), "named");
    });
  });
}

describe("damaged bytes", () => {
  test.each([
    ["shorter than recorded", (path: string) => truncateSync(path, 10)],
    ["gone", (path: string) => rmSync(path)],
  ])("%s are a 500 that is counted, and never a visit", async (_, damage) => {
    await using world = await openWorld();
    const { alice } = world.people;
    const { content } = await share(world, alice, { code: "d", name: "d.txt", bytes: TEXT });
    damage(join(world.dataFolder, "users", content?.path ?? ""));
    for (const path of ["/d", "/-/view/d"]) {
      const response = await world.request(path);
      expect(response.status).toBe(500);
      expect((await readPage(response)).text).toContain(files.damaged);
    }
    expect(world.app.files.blobs.damaged).toBe(2);
    await world.app.visits.flush();
    expect((await world.app.links.get(as(alice), "d")).visits).toBe(0);
  });
});

describe("with nginx in front", () => {
  const FROM_PROXY = { peer: "127.0.0.1", headers: { "x-forwarded-for": "203.0.113.9" } };

  test("only what came through the trusted proxy is left to it", async () => {
    await using world = await openWorld({
      "files.accelerate": "nginx",
      "server.trusted_proxies": ["127.0.0.1"],
    });
    const { content } = await share(world, world.people.alice, {
      code: "n",
      name: "n.txt",
      bytes: TEXT,
    });
    const left = await world.request("/n", FROM_PROXY);
    expect(left.headers.get("x-accel-redirect")).toBe(`/${content?.path}`);
    expect(await left.text()).toBe("");
    const rows = [
      { peer: "203.0.113.9", headers: FROM_PROXY.headers },
      { peer: "127.0.0.1" },
      { peer: "203.0.113.9" },
    ];
    for (const row of rows) {
      const answer = await world.request("/n", row);
      expect(answer.headers.get("x-accel-redirect")).toBeNull();
      expect(await answer.text()).toBe(TEXT);
    }
  });

  test("has files under the prefix that the proxy sends, apart from names of users", async () => {
    await using world = await openWorld({
      "files.accelerate": "nginx",
      "server.trusted_proxies": ["127.0.0.1"],
    });
    const { alice } = world.people;
    const { content } = await share(world, alice, { code: "n", name: "n.txt", bytes: TEXT });
    const headers = { ...FROM_PROXY.headers, "x-accel-prefix": "/-/blobs" };
    const left = await world.request("/n", { ...FROM_PROXY, headers });
    expect(left.headers.get("x-accel-redirect")).toBe(`/-/blobs/${content?.path}`);
  });

  test("counts no probe and no later part as a visit, like without nginx", async () => {
    await using world = await openWorld({
      "files.accelerate": "nginx",
      "server.trusted_proxies": ["1"],
    });
    const { alice } = world.people;
    await share(world, alice, { code: "n", name: "n.txt", bytes: TEXT });
    for (const range of ["bytes=0-1", "bytes=0-9", "bytes=10-19", "bytes=-5"]) {
      const headers = { ...FROM_PROXY.headers, range };
      await world.request("/n", { ...FROM_PROXY, headers });
    }
    await world.app.visits.flush();
    expect((await world.app.links.get(as(alice), "n")).visits).toBe(1);
  });
});

async function openWorld(settings: Partial<Settings> = {}) {
  const world = await openTestApp({ settings });
  return { ...world, [Symbol.asyncDispose]: () => world.close() };
}
