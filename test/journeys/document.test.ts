/** Markdown documents as browsers show them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { browserIsAvailable } from "../browser.ts";
import { share } from "../share.ts";
import { openSite, overflow, PHONE, type Site, untilTrue } from "./pages.ts";

const FILLER = "word ".repeat(3_000);

const TABLE = [
  "| Name | Purpose | Default | Remarks | Since |",
  "|---|---|---|---|---|",
  "| configuration | Administration | unconfigured | Documentation | version |",
].join("\n");

describe.skipIf(!browserIsAvailable)("in a browser", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  const make = (code: string, bytes: string) =>
    share(site.world, site.world.people.alice, { code, name: "a.md", bytes, kind: "markdown" });

  test.each([
    ["a heading", "section", "## Section"],
    ["a heading in another script", encodeURIComponent("\u00fcber-tee"), "## \u00dcber Tee"],
    ["a heading, by its former address", "doc-section", "## Section"],
    ["an anchor by name", "install", '<a name="install"></a>Here'],
    ["a block by id", "here", '<div id="here">Here</div>'],
  ])("a link from elsewhere jumps to %s", async (_, hash, target) => {
    const code = `jump${Bun.hash(hash)}`;
    await make(code, `${FILLER}\n\n${target}\n\n${FILLER}`);
    const { page, faults, close } = await site.visit();
    await page.goto(`/${code}#${hash}`);
    expect(await page.evaluate<number>("scrollY")).toBeGreaterThan(500);
    expect(await page.locator(":target").count()).toBe(1);
    expect(faults).toEqual([]);
    await close();
  });

  test("a table wider than a phone scrolls, with its words unbroken", async () => {
    await make("table", TABLE);
    const { page, faults, close } = await site.visit({ width: PHONE });
    await page.goto("/table");
    const heights = "[...document.querySelectorAll('td')].map((cell) => cell.clientHeight)";
    expect(Math.max(...(await page.evaluate<number[]>(heights)))).toBeLessThan(60);
    const scrolls = "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)";
    expect(await page.evaluate(`${scrolls}(document.querySelector("table"))`)).toBe(true);
    expect(await overflow(page)).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  test("a picture by http loads on an http site", async () => {
    const dot = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
    const { page, close } = await site.visit();
    await page.route(`${site.elsewhere}/**`, (route) =>
      route.fulfill({ body: dot, contentType: "image/gif" }),
    );
    await make("picture", `![a](${site.elsewhere}/a.gif)`);
    await page.goto("/picture");
    await untilTrue(page, "document.querySelector('img').naturalWidth === 1");
    await close();
  });
});
