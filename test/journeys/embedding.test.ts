/** What a link opens in a frame of another website: shown where the link names it, refused elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { parseEmbedHosts } from "../../src/links/options/embed-hosts.ts";
import { browserIsAvailable } from "../browser.ts";
import { share } from "../share.ts";
import { openSite, type Site, type Visit } from "./pages.ts";

/** A website with the page of another in a frame: `/?ADDRESS`. */
const openBlog = () =>
  Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) =>
      new Response(`<!doctype html><iframe src="${new URL(url).search.slice(1)}"></iframe>`, {
        headers: { "content-type": "text/html" },
      }),
  });

describe.skipIf(!browserIsAvailable)("a link in a frame of another website", () => {
  const blog = openBlog();
  const other = openBlog();
  let site: Site;
  let visit: Visit;
  let origin: string;

  beforeAll(async () => {
    site = await openSite();
    origin = site.origin.replace("trunk8.test", "127.0.0.1");
    const { bob } = site.world.people;
    const embedHosts = parseEmbedHosts(`http://localhost:${blog.port}`, false);
    const shared = { embedHosts, inline: true };
    await share(site.world, bob, { code: "note", name: "a.txt", bytes: "the text", ...shared });
    await share(site.world, bob, {
      code: "document",
      kind: "markdown",
      name: "a.md",
      bytes: "# The heading",
      ...shared,
    });
    await share(site.world, bob, {
      code: "page",
      kind: "html",
      name: "a.html",
      bytes: `<!doctype html><p></p><script>document.querySelector("p").textContent = "the page, cookie: " + (() => { try { return document.cookie; } catch { return "none"; } })()</script>`,
      ...shared,
    });
    await share(site.world, bob, { code: "plain", name: "a.txt", bytes: "plain", inline: true });
    visit = await site.visit({ user: bob });
  }, 120_000);
  afterAll(async () => {
    await visit.close();
    await site.close();
    await blog.stop(true);
    await other.stop(true);
  });

  const framed = async (page: Page, website: string, code: string) => {
    await page.goto(`${website}/?${origin}/${code}`);
    const frame = page.frames()[1];
    const isRefused = frame?.url().startsWith("chrome-error:") ?? true;
    return isRefused ? "refused" : await frame?.locator("body").innerText();
  };

  test("is shown by the one that it names, and by no other", async () => {
    const { page } = visit;
    const named = `http://localhost:${blog.port}`;
    const others = [`http://127.0.0.1:${blog.port}`, `http://localhost:${other.port}`];
    expect(await framed(page, named, "note")).toContain("the text");
    expect(await framed(page, named, "document")).toContain("The heading");
    expect(await framed(page, named, "page")).toBe("the page, cookie: none");
    expect(await framed(page, named, "plain")).toBe("refused");
    for (const website of others)
      for (const code of ["note", "document", "page"])
        expect(await framed(page, website, code)).toBe("refused");
  });
});
