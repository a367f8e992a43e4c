/** Files before a real browser: what is shown is shown, and what could run does not run here. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { browserIsAvailable } from "../browser.ts";
import { share } from "../share.ts";
import { as } from "../world.ts";
import { openSite, type Site, type Visit } from "./pages.ts";

const HOSTILE = "alert(document.domain); new Image().src = '/-/stolen?' + document.cookie";

/** A tenth of a second of silence. */
function silence(): Buffer {
  const wav = Buffer.alloc(44 + 800);
  wav.write("RIFF");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.set([1, 0, 1, 0], 20);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000, 28);
  wav.set([1, 0, 8, 0], 32);
  wav.write("data", 36);
  wav.writeUInt32LE(800, 40);
  return wav.fill(128, 44);
}

describe.skipIf(!browserIsAvailable)("in Chromium", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    const { alice } = site.world.people;
    const picture = await new Bun.Image(Buffer.from(GIF, "base64")).resize(320, 200).png().bytes();
    const files: [code: string, name: string, bytes: Uint8Array | string][] = [
      ["svg", "x.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>${HOSTILE}</script></svg>`],
      ["page", "x.html", `<script>${HOSTILE}</script>`],
      ["xml", "x.xml", `<x:script xmlns:x="http://www.w3.org/1999/xhtml">${HOSTILE}</x:script>`],
      ["script", "x.js", HOSTILE],
      ["polyglot", "x.gif", `GIF89a=1;${HOSTILE}`],
      ["picture", "x.png", picture],
      ["sound", "x.wav", silence()],
      ["film", "x.webm", Buffer.from("1a45dfa39f4282847765626d", "hex")],
      ["paper", "x.pdf", "%PDF-1.7"],
      ["long", "x.txt", "A line of text\n".repeat(100)],
      ["code", "x.py", "def f():\n    return 1\n"],
    ];
    for (const [code, name, bytes] of files)
      await share(site.world, alice, { code, name, bytes, inline: true });
  }, 120_000);

  afterAll(() => site.close());

  const GIF = "R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==";

  const asked = ({ page }: Visit) => {
    const urls: string[] = [];
    page.on("request", (request) => urls.push(request.url()));
    return urls;
  };

  test.each(["svg", "page"])("/%s is saved, and runs nothing", async (code) => {
    const visit = await site.visit({ user: site.world.people.alice });
    const urls = asked(visit);
    for (const query of ["", "?inline=1"]) {
      const download = visit.page.waitForEvent("download");
      await visit.page.goto(`/${code}${query}`).catch(() => {});
      expect((await download).suggestedFilename()).toStartWith("x.");
    }
    expect(visit.faults.filter((fault) => !fault.includes("Download is starting"))).toEqual([]);
    expect(urls.filter((url) => url.includes("stolen"))).toEqual([]);
    await visit.close();
  });

  test.each(["xml", "script"])("shows /%s as text, and runs nothing", async (code) => {
    const visit = await site.visit({ user: site.world.people.alice });
    const urls = asked(visit);
    await visit.page.goto(`/${code}`, { waitUntil: "networkidle" });
    expect(await visit.page.locator("body").innerText()).toContain(HOSTILE);
    expect(visit.faults).toEqual([]);
    expect(urls.filter((url) => url.includes("stolen"))).toEqual([]);
    await visit.close();
  });

  test.each(["polyglot", "script"])("/%s is no script for another site either", async (code) => {
    const { page, faults, close } = await site.visit();
    await page.goto(`${site.elsewhere}/lure`);
    const tag = page.addScriptTag({ url: `${site.origin}/${code}` });
    expect(
      await tag.then(
        () => "ran",
        () => "refused",
      ),
    ).toBe("refused");
    expect(faults.filter((fault) => fault.startsWith("dialog"))).toEqual([]);
    await close();
  });

  test.each([
    ["picture", "img"],
    ["svg", "img"],
    ["sound", "audio"],
    ["film", "video"],
    ["paper", ".file-view p"],
    ["code", ".hljs-keyword"],
  ])("/-/view/%s keeps to its policy, and counts once", async (code, shown) => {
    const { app, people } = site.world;
    const { page, faults, close } = await site.visit();
    const visits = async () => {
      await app.visits.flush();
      return (await app.links.get(as(people.alice), code)).visits;
    };
    const before = await visits();
    await page.goto(`/-/view/${code}`, { waitUntil: "networkidle" });
    expect(await page.locator(`main ${shown}`).first().isVisible()).toBe(true);
    expect(faults).toEqual([]);
    expect((await visits()) - before).toBe(1);
    await close();
  });

  test("lines of a text are named by the address, and by a click", async () => {
    const { page, faults, close } = await site.visit();
    await page.goto("/-/view/long#L40-L42", { waitUntil: "networkidle" });
    const marked = () => page.locator(".line-numbers .marked").allTextContents();
    expect(await marked()).toEqual(["40", "41", "42"]);
    expect(await page.evaluate("document.querySelector('.file-text').scrollTop")).toBeGreaterThan(
      0,
    );
    await page.locator("#L38").click();
    await page.locator("#L38.marked").waitFor();
    expect(await marked()).toEqual(["38"]);
    await page.locator("#L36").click({ modifiers: ["Shift"] });
    await page.locator("#L36.marked").waitFor();
    expect(await marked()).toEqual(["36", "37", "38"]);
    expect(page.url()).toEndWith("#L38-L36");
    await page.goto("/-/view/long#L4-L4000");
    expect(await marked()).toHaveLength(97);
    for (const none of ["#L0", "#L101", "#L1-", "#M1"]) {
      await page.goto(`/-/view/long${none}`);
      expect(await marked()).toEqual([]);
    }
    expect(faults).toEqual([]);
    await close();
  });

  test("a picture and a sound are really loaded", async () => {
    const { page, close } = await site.visit();
    await page.goto("/-/view/picture", { waitUntil: "networkidle" });
    expect(await page.evaluate("document.querySelector('main img').naturalWidth")).toBe(320);
    await page.goto("/-/view/sound", { waitUntil: "networkidle" });
    expect(await page.evaluate("document.querySelector('main audio').duration")).toBe(0.1);
    await close();
  });

  test("the list and the link's page have thumbnails, and open no file for them", async () => {
    const { app, people } = site.world;
    const { page, faults, close } = await site.visit({ user: people.alice });
    const visits = async () => {
      await app.visits.flush();
      return (await app.links.get(as(people.alice), "picture")).visits;
    };
    const before = await visits();
    for (const path of ["/links", "/-/links/picture"]) {
      await page.goto(path, { waitUntil: "networkidle" });
      const width = `document.querySelector('img[src="/-/thumb/picture"]').naturalWidth`;
      expect(await page.evaluate(width)).toBe(160);
    }
    // The one that cannot be drawn is an icon.
    expect(faults.filter((fault) => !fault.includes("/-/thumb/polyglot"))).toEqual([]);
    expect(await visits()).toBe(before);
    await close();
  });
});
