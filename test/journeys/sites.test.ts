/** An HTML page of several files in a browser: made of a zip, opened with all it loads, and kept apart from the site. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { oddZip } from "../archive/zips.ts";
import { browserIsAvailable } from "../browser.ts";
import { as } from "../world.ts";
import { field } from "./fields.ts";
import { openSite, type Site } from "./pages.ts";

const FONT = Bun.resolveSync("@fontsource/lato/files/lato-latin-400-normal.woff2", import.meta.dir);
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

const PAGE = `<!doctype html>
<meta charset="utf-8"><title>Start</title>
<link rel="stylesheet" href="assets/site.css">
<h1>A site</h1>
<img src="assets/pixel.png" alt="" width="50" height="50">
<p><a href="docs/about.html">About</a> <a href="nothing">Nothing</a></p>
<output></output>
<script type="module" src="assets/app.mjs"></script>`;

/** Tries what it must not reach, and writes what came of all. */
const APP = `import { word } from "./word.mjs";
const told = { word };
const attempt = async (name, deed) => {
  try { told[name] = String(await deed()); } catch (error) { told[name] = error.name; }
};
await attempt("cookie", () => document.cookie);
await attempt("storage", () => localStorage.length);
await attempt("reads", async () =>
  (await fetch(new URL("/-/links/own", location.origin), { credentials: "include" })).text());
await attempt("home", async () => (await fetch("/links", { credentials: "include" })).text());
await attempt("frame", () => top.document.body.innerHTML);
await attempt("data", async () => (await (await fetch("data.json")).json()).a);
await attempt("font", async () => (await document.fonts.load("10px Borrowed"))[0].status);
await attempt("style", () => getComputedStyle(document.querySelector("h1")).color);
await attempt("picture", () => document.querySelector("img").naturalWidth);
document.querySelector("output").textContent = JSON.stringify(told);`;

const TOLD = {
  word: "imported",
  cookie: "SecurityError",
  storage: "SecurityError",
  reads: "TypeError",
  home: "TypeError",
  frame: "SecurityError",
  data: "1",
  font: "loaded",
  style: "rgb(1, 2, 3)",
  picture: "1",
};

describe.skipIf(!browserIsAvailable)("an HTML page of several files", () => {
  let site: Site;
  let entries: readonly { readonly name: string; readonly bytes: string | Uint8Array }[];
  let folder: string;
  beforeAll(async () => {
    site = await openSite();
    entries = [
      { name: "site/index.html", bytes: PAGE },
      {
        name: "site/assets/site.css",
        bytes: `h1 { color: rgb(1, 2, 3); font-family: Borrowed }
@font-face { font-family: Borrowed; src: url(lato.woff2) }`,
      },
      { name: "site/assets/lato.woff2", bytes: await Bun.file(FONT).bytes() },
      { name: "site/assets/pixel.png", bytes: PIXEL },
      { name: "site/assets/app.mjs", bytes: APP },
      { name: "site/assets/word.mjs", bytes: 'export const word = "imported";' },
      { name: "site/data.json", bytes: '{ "a": 1 }' },
      { name: "site/docs/about.html", bytes: '<title>About</title><a href="../">Back</a>' },
      { name: "site/404.html", bytes: "<title>Lost</title><h1>Lost</h1>" },
    ];
    folder = join(site.world.dataFolder, "chosen");
    for (const { name, bytes } of entries) await Bun.write(join(folder, name), bytes);
  }, 120_000);
  afterAll(() => site.close());

  async function bring(page: Page, how: string): Promise<void> {
    const zip = { name: "site.zip", mimeType: "application/zip", buffer: oddZip(entries) };
    if (how === "zipped") return await page.locator("#html_file").setInputFiles(zip);
    if (how === "chosen") return await page.locator("#folder").setInputFiles(join(folder, "site"));
    const texts = entries.map(({ name, bytes }) => [
      name,
      Buffer.from(bytes as string).toJSON().data,
    ]);
    await page.evaluate(dropFolder, texts as [string, number[]][]);
    await page.getByText(`Files chosen: ${entries.length}`).waitFor();
  }

  // By its name, browsers send no Sec-Fetch headers; by its number they do, as over https.
  test.each([
    ["by http", "", "chosen"],
    ["as over https", "open sesame", "dropped"],
    ["as over https", "", "zipped"],
  ])(
    "%s, password %p, %s: all it loads is there, and nothing of ours",
    async (how, password, code) => {
      const { alice } = site.world.people;
      const { page, close } = await site.visit({ user: alice });
      await page.goto("/add?link_type=html");
      if (code !== "dropped") await page.getByLabel("Upload a file").check();
      await bring(page, code);
      await field(page, "short_code").fill(code);
      await page.getByRole("button", { name: "Create" }).click();
      await page.waitForURL(new RegExp(`/-/links/${code}`));
      const origin =
        how === "by http" ? site.origin : site.origin.replace(/\/\/[^:]+/, "//127.0.0.1");
      if (origin !== site.origin) {
        const session = { remember: false, device: "Chromium" };
        const { token } = await site.world.app.accounts.sessions.start(alice, session);
        await page.context().addCookies([{ name: "sessionid", value: token, url: origin }]);
      }
      const { links } = site.world.app;
      if (password !== "") await links.edit(as(alice), code, { password, visitLimit: 1 });
      await page.goto(`${origin}/${code}?a=1`);
      if (password !== "") {
        await field(page, "password").fill(password);
        await page.getByRole("button", { name: "Open" }).click();
      }
      const inner = page.frameLocator("iframe");
      await inner.locator("output:not(:empty)").waitFor({ state: "attached" });
      expect(JSON.parse((await inner.locator("output").textContent()) ?? "")).toEqual(TOLD);
      expect(await page.title()).toBe("Start");
      await inner.getByText("About").click();
      await page.waitForURL(`${origin}/${code}/docs/about.html`);
      await inner.getByText("Back").click();
      await page.waitForURL(password === "" ? `${origin}/${code}/` : `${origin}/${code}`);
      await inner.getByText("Nothing").click();
      await page.waitForURL(`${origin}/${code}/nothing`);
      await inner.getByRole("heading", { name: "Lost" }).waitFor();
      await site.world.app.visits.flush();
      const { visits, visitsLeft } = await links.get(as(alice), code);
      expect([visits, visitsLeft]).toEqual([1, password === "" ? null : 0]);
      await close();
    },
  );
});

/** In the page: what a browser does when a folder is dropped, which no script can bring about. */
function dropFolder(files: readonly [path: string, bytes: number[]][]): void {
  const entries = files.map(([path, bytes]) => ({
    isFile: true,
    fullPath: `/${path}`,
    file: (done: (file: File) => void) => done(new File([new Uint8Array(bytes)], path)),
  }));
  const portions = [entries, []];
  const folder = {
    isDirectory: true,
    createReader: () => ({
      readEntries: (done: (found: unknown) => void) => done(portions.shift()),
    }),
  };
  const event = new Event("drop", { bubbles: true, cancelable: true });
  const dataTransfer = { items: [{ webkitGetAsEntry: () => folder }], types: ["Files"], files: [] };
  const { document } = globalThis as unknown as { document: { body: EventTarget } };
  document.body.dispatchEvent(Object.assign(event, { dataTransfer }));
}
