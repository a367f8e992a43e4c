/** What an uploaded web page can do in a real browser, and what it cannot: in its sandbox, and on a host of its own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Frame, Page } from "playwright-core";
import { browserIsAvailable } from "../browser.ts";
import { share } from "../share.ts";
import { as } from "../world.ts";
import { openSite, type Site, type Visit } from "./pages.ts";

const FONT = Bun.resolveSync("@fontsource/lato/files/lato-latin-400-normal.woff2", import.meta.dir);
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

/** Tries all it can as soon as it is opened, and writes what came of it. */
const hostile = (site: string): string => `<!doctype html>
<meta charset="utf-8">
<link rel="stylesheet" href="/style">
<canvas width="2" height="2"></canvas>
<p>plain</p>
<img src="/picture" crossorigin alt="">
<iframe src="${site}/links"></iframe>
<form method="post" action="${site}/add">
  <input name="url" value="https://example.com/"><input name="short_code" value="stolen-by-form">
</form>
<output></output>
<script type="module">
  const told = {};
  const attempt = async (name, deed) => {
    try { told[name] = String(await deed()); } catch (error) { told[name] = error.name; }
  };
  const loaded = new Promise((done) => addEventListener("load", done));
  const fields = new URLSearchParams({ url: "https://example.com/", short_code: "stolen-by-fetch" });
  await attempt("draws", () => {
    const context = document.querySelector("canvas").getContext("2d");
    context.fillRect(0, 0, 2, 2);
    return context.getImageData(0, 0, 1, 1).data[3];
  });
  await attempt("cookie", () => document.cookie);
  await attempt("storage", () => { localStorage.setItem("a", "1"); return localStorage.getItem("a"); });
  await attempt("reads", async () => (await fetch("${site}/links", { credentials: "include" })).text());
  await attempt("posts", async () => {
    const order = { method: "POST", credentials: "include", mode: "no-cors", body: fields };
    return (await fetch("${site}/add", order)).type;
  });
  await attempt("opener", () => opener.document.body.innerHTML);
  await attempt("parent", () => parent === window);
  await attempt("worker", () => navigator.serviceWorker.register("/worker"));
  await attempt("font", async () => (await document.fonts.load("10px Borrowed"))[0].status);
  await loaded;
  await attempt("frame", () => frames[0].document.body.innerHTML);
  await attempt("picture", () => document.querySelector("img").naturalWidth);
  await attempt("style", () => getComputedStyle(document.querySelector("p")).color);
  document.querySelector("output").textContent = JSON.stringify(told);
</script>`;

/** What it does with what is its own or hosted beside it, and all that fails. */
const ALWAYS = {
  draws: "255",
  font: "loaded",
  picture: "1",
  style: "rgb(1, 2, 3)",
  reads: "TypeError",
  posts: "TypeError",
  opener: "SecurityError",
  parent: "true",
  frame: "SecurityError",
};

const isolations = {
  "in its sandbox": {
    contentHost: null,
    told: {
      ...ALWAYS,
      cookie: "SecurityError",
      storage: "SecurityError",
      worker: "SecurityError",
      opener: "TypeError",
      parent: "false",
    },
  },
  "on a host of its own": {
    contentHost: "localhost",
    told: { ...ALWAYS, cookie: "", storage: "1", worker: "TypeError" },
  },
} as const;

const SESSION = { remember: false, device: "Chromium" };

for (const [name, { contentHost, told }] of Object.entries(isolations)) {
  describe.skipIf(!browserIsAvailable)(`an uploaded page ${name}`, () => {
    let site: Site;
    let visit: Visit;
    let opened: Page;
    /** Where the uploaded page runs. */
    let frame: Frame;
    let address: string;

    beforeAll(async () => {
      const port = findFreePort();
      // By its number: to browsers that is as good as https, so that a page may try all there is.
      address = `http://127.0.0.1:${port}`;
      const origin = contentHost === null ? "" : `http://${contentHost}:${port}`;
      site = await openSite({ port, settings: { "server.content_origin": origin } });
      const { world } = site;
      const host = (code: string, file: string, bytes: Uint8Array | string) =>
        share(world, world.people.bob, { code, name: file, bytes });
      await host("font", "a.woff2", await Bun.file(FONT).bytes());
      await host("picture", "a.png", PIXEL);
      await host("worker", "a.js", "addEventListener('fetch', () => {});");
      await host(
        "style",
        "a.css",
        "p { color: rgb(1, 2, 3); } @font-face { font-family: Borrowed; src: url(/font); }",
      );
      await share(world, world.people.bob, {
        code: "hostile",
        name: "a.html",
        bytes: hostile(address),
        kind: "html",
      });
      visit = await site.visit();
      const { token } = await world.app.accounts.sessions.start(world.people.alice, SESSION);
      await visit.page.context().addCookies([{ name: "sessionid", value: token, url: address }]);
      await visit.page.goto(`${address}/links`);
      const popup = visit.page.waitForEvent("popup");
      await visit.page.evaluate("void open('/hostile')");
      opened = await popup;
      const shown = contentHost === null ? opened.frameLocator("iframe") : opened;
      await shown.locator("output:not(:empty)").waitFor({ state: "attached" });
      const [own, inner = own] = opened.frames();
      frame = (contentHost === null ? inner : own) as Frame;
    }, 120_000);

    afterAll(() => site.close());

    test("runs, draws and uses what is hosted beside it, and can do nothing else", async () => {
      const output = await frame.locator("output").textContent();
      expect(JSON.parse(output ?? "")).toEqual(told);
      expect(new URL(opened.url()).hostname).toBe(contentHost ?? "127.0.0.1");
    });

    test("has no page of ours in its frame", () => {
      expect(frame.childFrames()[0]?.url()).toStartWith("chrome-error:");
    });

    test("posts a form in vain", async () => {
      const answered = opened.waitForResponse((response) => response.url().endsWith("/add"));
      await frame.evaluate("document.forms[0].submit()");
      // In a frame, browsers send no cookie.
      expect((await answered).status()).toBeOneOf([401, 403]);
    });

    test("has made no link, and its reader is still signed in", async () => {
      const { alice } = site.world.people;
      const { links } = await site.world.app.links.list(as(alice), { ownerId: alice.id, limit: 9 });
      expect(links).toEqual([]);
      await visit.page.goto(`${address}/links`);
      expect(new URL(visit.page.url()).pathname).toBe("/links");
    });
  });
}

function findFreePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
