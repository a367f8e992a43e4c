/** A user's HTML page in a frame of ours, where other users could be deceived: what works in it, and that the address stays. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { FrameLocator, Page } from "playwright-core";
import { browserIsAvailable } from "../browser.ts";
import { newLink, share } from "../share.ts";
import { until } from "../until.ts";
import { as } from "../world.ts";
import { openSite, PHONE, type Site, type Visit } from "./pages.ts";

const ordinary = (elsewhere: string) => `<!doctype html>
<html><head><title>A report</title></head><body>
<p id="place"></p><p id="mode"></p>
<a id="anchor" href="#below">below</a>
<a id="hash" href="#" onclick="document.getElementById('place').textContent = 'clicked'">tab</a>
<a id="away" href="${elsewhere}/away">away</a>
<a id="window" href="${elsewhere}/window" target="_blank">window</a>
<a id="beside" href="beside">beside</a>
<img id="picture" src="picture" alt="">
<form id="search" action="${elsewhere}/search"><input name="q" value="x"><button>go</button></form>
<button id="script" onclick="location.href = '${elsewhere}/by-script'">script</button>
<button id="other" onclick="location.href = '/beside'">other</button>
<button id="onward" onclick="location.href = '/redirect'">onward</button>
<button id="query" onclick="location.search = '?chosen=1'">query</button>
<p style="margin-top: 3000px" id="below">the end</p>
<script>
  place.textContent = location.search + location.hash;
  mode.textContent = document.compatMode + " " + innerWidth;
</script></body></html>`;

const HOSTILE = `<!doctype html><title>Welcome</title><output></output><script>
  const said = [];
  const attempt = (name, what) => {
    try { what(); said.push(name + " done"); } catch (error) { said.push(name + " " + error.name); }
  };
  attempt("own", () => history.replaceState(null, "", "/auth/login?next=/"));
  attempt("push", () => history.pushState(null, "", "/auth/login"));
  attempt("top", () => top.history.replaceState(null, "", "/auth/login"));
  attempt("parent", () => parent.document.title);
  attempt("location", () => { top.location.href = "/auth/login"; });
  document.querySelector("output").textContent = said.join(", ");
</script>`;

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

const schemes = {
  "that says what it loads": "127.0.0.1",
  "that does not, over http": "trunk8.test",
} as const;

for (const [name, host] of Object.entries(schemes)) {
  describe.skipIf(!browserIsAvailable)(`an HTML page in a browser ${name}`, () => {
    let site: Site;
    let origin: string;
    let visits: Visit[] = [];

    beforeAll(async () => {
      site = await openSite();
      origin = site.origin.replace("trunk8.test", host);
      const { bob } = site.world.people;
      const page = (code: string, bytes: string) =>
        share(site.world, bob, { code, name: "a.html", bytes, kind: "html" });
      await page("ordinary", ordinary(site.elsewhere));
      await page("hostile", HOSTILE);
      await page("beside", "<!doctype html><title>Beside</title><p>beside</p>");
      await page(
        "stub",
        `<!doctype html><meta http-equiv="refresh" content="0; url=${site.elsewhere}/stub">`,
      );
      await share(site.world, bob, { code: "picture", name: "a.png", bytes: PIXEL, inline: true });
      await site.world.app.links.create(
        as(bob),
        { ownerId: bob.id },
        newLink({ shortCode: "redirect", kind: "redirect", target: `${site.elsewhere}/end` }),
      );
    }, 120_000);
    afterAll(async () => {
      for (const visit of visits) await visit.close();
      visits = [];
      await site.close();
    });

    const untilSeen = (frame: FrameLocator) =>
      until(
        () => frame.locator("#below").evaluate((end) => end.getBoundingClientRect().top < 800),
        { what: "the fragment is shown" },
      );

    const open = async (path: string, options = {}): Promise<[Page, FrameLocator]> => {
      const visit = await site.visit(options);
      visits.push(visit);
      await visit.page.goto(origin + path);
      const frame = visit.page.frameLocator("iframe");
      await frame.locator("body").waitFor();
      return [visit.page, frame];
    };

    test("has its title, query, fragment and picture, in standards mode", async () => {
      const [page, frame] = await open("/ordinary?a=b#below");
      expect(await frame.locator("#place").textContent()).toBe("?a=b#below");
      expect(await frame.locator("#mode").textContent()).toStartWith("CSS1Compat");
      await page.waitForFunction('document.title === "A report"');
      const picture = frame.locator("#picture");
      expect(await picture.evaluate((image) => "naturalWidth" in image && image.naturalWidth)).toBe(
        1,
      );
      await frame.locator("#below").waitFor();
      await untilSeen(frame);
    });

    test("moves within itself", async () => {
      const [page, frame] = await open("/ordinary");
      await frame.locator("#anchor").click();
      await untilSeen(frame);
      await frame.locator("#hash").click();
      expect(await frame.locator("#place").textContent()).toBe("clicked");
      expect(page.url()).toBe(`${origin}/ordinary`);
    });

    test.each([
      ["#away", "/away"],
      ["#search button", "/search"],
      ["#script", "/by-script"],
    ])("leaves the frame by %s", async (selector, path) => {
      const [page, frame] = await open("/ordinary");
      await frame.locator(selector).click();
      await page.waitForURL((url) => url.pathname === path);
      expect(await page.textContent("body")).toBe(`You reached ${path}`);
      await page.goBack();
      await page.frameLocator("iframe").locator("#anchor").waitFor();
    });

    test("leaves the frame by a script again after going back", async () => {
      const [page, frame] = await open("/ordinary");
      for (const _ of [1, 2, 3]) {
        await frame.locator("#script").click();
        await page.waitForURL(`${site.elsewhere}/by-script`);
        await page.goBack();
        await frame.locator("#script").waitFor();
      }
    });

    test("opens windows, and its neighbour under that one's own address", async () => {
      const [page, frame] = await open("/ordinary");
      const popup = page.waitForEvent("popup");
      await frame.locator("#window").click();
      expect((await popup).url()).toBe(`${site.elsewhere}/window`);
      for (const selector of ["#beside", "#other"]) {
        await frame.locator(selector).click();
        await page.waitForURL(`${origin}/beside`);
        await page.frameLocator("iframe").getByText("beside").waitFor();
        await page.goBack();
      }
    });

    test("may choose its query", async () => {
      const [page, frame] = await open("/ordinary");
      await frame.locator("#query").click();
      await page.frameLocator("iframe").getByText("?chosen=1").waitFor();
    });

    test("offers the other site that a script reaches through the site", async () => {
      const [page, frame] = await open("/ordinary");
      await frame.locator("#onward").click();
      const link = page.locator("[data-continue] a");
      await link.first().waitFor();
      expect(await link.first().getAttribute("href")).toStartWith(site.elsewhere);
      expect(page.url()).toBe(`${origin}/ordinary`);
    });

    test("asks before it goes elsewhere without a click", async () => {
      const [page] = await open("/stub");
      const link = page.locator("[data-continue] a");
      await link.waitFor();
      expect(page.url()).toBe(`${origin}/stub`);
      await link.click();
      await page.waitForURL(`${site.elsewhere}/stub`);
    });

    test("is as wide as a phone", async () => {
      const [page, frame] = await open("/ordinary", { width: PHONE });
      expect(await frame.locator("#mode").textContent()).toBe(`CSS1Compat ${PHONE}`);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE);
    });

    test("cannot change what the address bar says", async () => {
      const [page, frame] = await open("/hostile");
      const said = await frame.locator("output").textContent();
      expect(said).toContain("top SecurityError");
      expect(said).toContain("parent SecurityError");
      expect(page.url()).toBe(`${origin}/hostile`);
      expect(await page.title()).not.toContain("Sign in");
    });

    test("cannot be opened outside of the frame", async () => {
      const visit = await site.visit();
      visits.push(visit);
      const { page } = visit;
      const served: string[] = [];
      page.on("request", (request) => served.push(request.url()));
      await page.goto(`${origin}/hostile`);
      const frame = page.frameLocator("iframe");
      await frame.locator("output").waitFor({ state: "attached" });
      const inner = served.find((url) => url.includes("/-/page/")) ?? "";
      expect(new URL(inner).pathname).toStartWith("/-/page/");
      for (const address of [inner, `${origin}/-/page/hostile`]) {
        const popup = page.waitForEvent("popup");
        await frame.locator("output").evaluate(`void open(${JSON.stringify(address)})`);
        const opened = await popup;
        await opened.waitForURL(`${origin}/hostile`);
        await opened.frameLocator("iframe").locator("output").waitFor();
        expect(opened.url()).toBe(`${origin}/hostile`);
        await opened.close();
      }
    });

    test("works without scripts of the browser", async () => {
      const [, frame] = await open("/ordinary?a=b", { scripts: false });
      await frame.locator("#anchor").waitFor();
    });
  });
}
