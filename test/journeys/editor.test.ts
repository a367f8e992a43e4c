/** Documents and pages written in a browser: looked at while they are, published, opened, and never lost. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { text as scriptText } from "../../src/web/static/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { share } from "../share.ts";
import { until } from "../until.ts";
import { as } from "../world.ts";
import { DOT, drop, paste } from "./bring-files.ts";
import { field, send } from "./fields.ts";
import { openSite, PHONE, type Site, untilTrue } from "./pages.ts";

const { upload } = scriptText;

const PAGE = `<!doctype html>
<title>Counts</title>
<p id="out">no</p>
<script>
  // No quote's end: it is a comment.
  document.getElementById("out").textContent = "ran " + origin;
</script>
`;

describe.skipIf(!browserIsAvailable)("in a browser", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  const alice = () => site.world.people.alice;
  const preview = (page: Page) => page.frameLocator("[data-preview] iframe:not(.arriving)");

  test("a document is seen while it is written, as it is when it is published", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=markdown");
    await area(page, "markdown").fill("# Hello\n\nA **bold** word");
    await preview(page).locator("strong", { hasText: "bold" }).waitFor();
    await area(page, "markdown").fill("# Hello\n\nA *slanted* word");
    const seen = await preview(page).locator("em").innerText();
    expect([seen, await page.locator("[data-preview] iframe").count()]).toEqual(["slanted", 1]);
    await field(page, "short_code").fill("written");
    await send(page, "short_code");
    await page.waitForURL(/\/-\/links\/written$/);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await page.goto("/written");
    expect(await page.locator("em").innerText()).toBe("slanted");
    expect(faults).toEqual([]);
    await close();
  });

  test("a pasted picture becomes a file link in the text, and the text stays", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=markdown");
    await area(page, "markdown").fill("before\n\nafter");
    await area(page, "markdown").press("Control+Home");
    await area(page, "markdown").press("ArrowDown");
    await paste(page, "image.png", DOT);
    const text = await written(page, "markdown", /\/\w+\)/);
    expect(text).toMatch(/^before\n!\[\]\(\/\w+\)\nafter$/);
    await field(page, "short_code").fill("illustrated");
    await send(page, "short_code");
    await page.waitForURL(/\/-\/links\/illustrated$/);
    expect(await site.world.app.links.get(as(alice()), "illustrated")).toMatchObject({
      kind: "markdown",
      content: { name: "illustrated.md" },
    });
    const code = /\/(\w+)\)/.exec(text)?.[1] ?? "";
    expect(await site.world.app.links.get(as(alice()), code)).toMatchObject({
      kind: "file",
      content: { name: "image.png", type: "image/png" },
    });
    await page.goto("/illustrated");
    await untilTrue(page, "document.querySelector('img').naturalWidth === 1");
    expect(faults).toEqual([]);
    await close();
  });

  test.each([
    ["html", "image.png", /^<p><img src="\/\w+" alt="">$/],
    ["html", "a<b>.pdf", /^<p><a href="\/\w+">a&lt;b&gt;\.pdf<\/a>$/],
    ["markdown", "a[b].pdf", /^<p>\[a\\\[b\\\]\.pdf\]\(\/\w+\)$/],
    ["markdown", "notes.md", /^<p>\[notes\.md\]\(\/\w+\)$/],
  ] as const)("in %s, a dropped %s is linked as it should be", async (kind, name, expected) => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto(`/add?link_type=${kind}`);
    await area(page, kind).fill("<p>");
    await drop(page, name, DOT);
    expect(await written(page, kind, expected)).toMatch(expected);
    expect(faults).toEqual([]);
    await close();
  });

  test("a file that is refused leaves the text, and says why", async () => {
    const { page, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=markdown");
    await area(page, "markdown").fill("before");
    await page.route("/add", (route) =>
      route.fulfill({ status: 413, contentType: "text/html", body: "<h1>413</h1>" }),
    );
    await paste(page, "image.png", DOT);
    await page.getByRole("alert").filter({ hasText: upload.refusedByProxy }).waitFor();
    expect(await area(page, "markdown").inputValue()).toBe("before");
    await close();
  });

  test("a text that is sent while a picture is uploaded waits for it", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=markdown");
    const arrived = Promise.withResolvers<void>();
    await page.route("/add", async (route) => {
      await arrived.promise;
      await route.continue();
    });
    await paste(page, "image.png", DOT);
    await field(page, "short_code").fill("patient");
    await send(page, "short_code");
    arrived.resolve();
    await page.waitForURL(/\/-\/links\/patient$/);
    await page.goto("/patient?raw=1");
    expect(await page.locator("body").innerText()).toMatch(/^!\[\]\(\/\w+\)$/);
    expect(faults).toEqual([]);
    await close();
  });

  test("a file that is dropped on the text of a file replaces it", async () => {
    const file = { code: "notes-file", name: "notes.txt", bytes: "old" };
    await share(site.world, alice(), file);
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/edit_link/notes-file");
    await drop(page, "notes.txt", Buffer.from("new"));
    await send(page, "title");
    await page.waitForURL(/\/-\/links\/notes-file$/);
    expect(await (await site.world.request("/notes-file")).text()).toBe("new");
    expect(faults).toEqual([]);
    await close();
  });

  test("a Markdown file that is dropped on an empty text becomes the document", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=markdown");
    await drop(page, "notes.md", Buffer.from("# Notes"));
    await field(page, "short_code").fill("dropped-notes");
    await send(page, "short_code");
    await page.waitForURL(/\/-\/links\/dropped-notes$/);
    await page.goto("/dropped-notes?raw=1");
    expect(await page.locator("body").innerText()).toBe("# Notes");
    expect(faults).toEqual([]);
    await close();
  });

  test("what was typed in a tab that is closed comes back, until it is discarded", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=html");
    await area(page, "html").fill("<p>Almost lost");
    await page.goto("/links");
    await page.goto("/add?link_type=markdown");
    expect(await page.locator("[data-draft-box]").count()).toBe(0);
    await page.goto("/add?link_type=html");
    await page.locator("[data-draft-restore]").click();
    expect(await area(page, "html").inputValue()).toBe("<p>Almost lost");
    await page.goto("/add?link_type=html");
    await page.locator("[data-draft-discard]").click();
    await page.goto("/add?link_type=html");
    expect(await page.locator("[data-draft-box]").count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  test("signing out leaves nothing of what was typed", async () => {
    const { page, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=html");
    await area(page, "html").fill("<p>Mine");
    await page.goto("/auth/logout");
    await page.locator('main form[action="/auth/logout"] button').click();
    await page.locator('[data-notice="signed_out"]').waitFor();
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await close();
  });

  test("a page has numbered lines and colours, and its script runs apart from the site", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=html");
    const text = area(page, "html");
    await text.fill(PAGE);
    await page.locator(".code-colours .hljs-comment", { hasText: "No quote's end" }).waitFor();
    expect(await page.locator(".code-colours").textContent()).toBe(`${PAGE}\n`);
    expect(await page.locator(".code-numbers").textContent()).toBe("1\n2\n3\n4\n5\n6\n7\n8");
    await text.press("Control+Home");
    await text.press("Tab");
    expect(await text.inputValue()).toBe(`  ${PAGE}`);
    await text.press("Control+z");
    expect(await text.inputValue()).toBe(PAGE);
    await text.press("Escape");
    await text.press("Tab");
    expect(await page.locator("textarea:focus").count()).toBe(0);
    await field(page, "short_code").fill("ran");
    await send(page, "short_code");
    await page.waitForURL(/\/-\/links\/ran$/);
    await page.goto("/ran");
    expect(await page.frameLocator("iframe").locator("#out").innerText()).toBe("ran null");
    // Not every browser has each feature that the frame passes on to the page.
    expect(faults.filter((fault) => !fault.includes("Unrecognized feature"))).toEqual([]);
    await close();
  });

  test("on a phone one writes or looks", async () => {
    const { page, faults, close } = await site.visit({ user: alice(), width: PHONE });
    await page.goto("/add?link_type=markdown");
    await area(page, "markdown").fill("A *word*");
    await page.locator('[data-see="preview"]').click();
    await preview(page).locator("em", { hasText: "word" }).waitFor();
    expect(await area(page, "markdown").isVisible()).toBe(false);
    await page.locator('[data-see="write"]').click();
    expect(await area(page, "markdown").inputValue()).toBe("A *word*");
    expect(faults).toEqual([]);
    await close();
  });

  test("without scripts a document is looked at in another tab, published, and edited", async () => {
    const { page, close } = await site.visit({ user: alice(), scripts: false });
    await page.goto("/add?link_type=markdown");
    await area(page, "markdown").fill("A *plain* word");
    const opened = page.context().waitForEvent("page");
    await page.locator('[formtarget="_blank"]').click();
    const tab = await opened;
    expect(await tab.locator("em").innerText()).toBe("plain");
    await tab.close();
    await field(page, "short_code").fill("plain");
    await send(page, "short_code");
    await page.goto("/edit_link/plain");
    await area(page, "markdown").fill("An *edited* word");
    await send(page, "title");
    await page.goto("/plain");
    expect(await page.locator("em").innerText()).toBe("edited");
    await close();
  });
});

/** The text of an editor, once it is as expected. */
async function written(page: Page, kind: "markdown" | "html", expected: RegExp): Promise<string> {
  const read = () => area(page, kind).inputValue();
  await until(async () => expected.test(await read()), { what: "the link in the text" });
  return await read();
}

/** The text area of an editor. */
function area(page: Page, kind: "markdown" | "html") {
  return page.locator(`[data-editor="${kind}"] textarea`);
}
