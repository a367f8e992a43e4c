/** Files on their way in, from a browser: chosen, dropped and pasted, with a bar that moves and a way to stop. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { text as files } from "../../src/files/text.en.ts";
import { operator } from "../../src/policy.ts";
import { formatBytes } from "../../src/text/format.ts";
import { text } from "../../src/web/static/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { until } from "../until.ts";
import { as } from "../world.ts";
import { DOT, drop, paste } from "./bring-files.ts";
import { field, send } from "./fields.ts";
import { openSite, type Site } from "./pages.ts";

/** Enough for a second and a half of a throttled connection. */
const SIZE = 900_000;
const SLOW_BYTES_A_SECOND = 600_000;

describe.skipIf(!browserIsAvailable)("in a browser", () => {
  let site: Site;
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)));
  const content = Buffer.concat(Array.from({ length: 14 }, () => bytes)).subarray(0, SIZE);

  beforeAll(async () => {
    const allowed = ["txt", "bin", "pdf", "png", "jpg", "gif", "zip", "mp4", "md", "html"];
    site = await openSite({
      settings: { "app.max_file_size_mb": 1, "files.allowed_extensions": allowed },
    });
  }, 120_000);

  afterAll(() => site.close());

  const alice = () => site.world.people.alice;
  const stored = (code: string) => site.world.app.links.get(as(alice()), code);
  const totalOf = async () =>
    (await site.world.app.links.list(as(alice()), { ownerId: alice().id, limit: 1 })).total;
  const halves = () =>
    readdirSync(join(site.world.dataFolder, "users", "alice", "assets", ".uploads"));

  async function expectDownload(code: string, expected: Buffer): Promise<void> {
    const answer = await site.world.request(`/${code}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(expected)).toBe(true);
  }

  test("a dropped file goes with a moving bar, and comes back the same", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    await drop(page, "report.pdf", content);
    await page.locator("[data-upload-chosen]", { hasText: "report.pdf, 878.9 KB" }).waitFor();
    await field(page, "short_code").fill("dropped");
    await slowDown(page);
    await watchBar(page);
    await send(page, "file");
    await figures(page, /\d% .* 88[.\d]+ KB, [.\d]+ KB .*, \d+ seconds? /).waitFor();
    await page.waitForURL(/\/-\/links\/dropped$/);
    await page.locator('[data-notice="created"]').waitFor();
    const seen = await barSeen(page);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    await expectDownload("dropped", content);
    expect(faults).toEqual([]);
    await close();
  });

  test("a pasted picture on the home page goes at once, and leads to its link", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/");
    await paste(page, "image.png", DOT);
    await page.waitForURL(/\/-\/links\/\w+$/);
    await page.locator('[data-notice="created"]').waitFor();
    const { kind, content: kept } = await stored(page.url().split("/").at(-1) ?? "");
    expect([kind, kept?.name, kept?.type]).toEqual(["file", "image.png", "image/png"]);
    expect(faults).toEqual([]);
    await close();
  });

  test("cancelling leaves nothing, and the form as it was", async () => {
    const before = await totalOf();
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    await field(page, "title").fill("Kept");
    await choose(page, "film.mp4", content);
    await slowDown(page, 100_000);
    await send(page, "file");
    await figures(page, /\d% .* 88/).waitFor();
    expect(await page.evaluate("document.activeElement.matches('[data-upload-cancel]')")).toBe(
      true,
    );
    await page.keyboard.press("Enter");
    await page.getByRole("progressbar").waitFor({ state: "hidden" });
    expect(await field(page, "title").inputValue()).toBe("Kept");
    expect(await page.evaluate("document.querySelector('#file').files[0].name")).toBe("film.mp4");
    await until(() => halves().length === 0, { what: "the unfinished upload to be deleted" });
    expect(await totalOf()).toBe(before);
    expect(faults).toEqual([]);
    await close();
  });

  test("what would be refused is not even sent, and says why", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    const sent: string[] = [];
    page.on("request", (request) => void sent.push(request.method()));
    for (const [name, size, why] of [
      ["film.mp4", 1_048_577, "1 MB"],
      ["setup.exe", 1, "pdf"],
    ] as const) {
      await choose(page, name, Buffer.alloc(size));
      await send(page, "file");
      expect(await page.locator("#file-problem").innerText()).toContain(why);
      expect(await page.evaluate("document.activeElement.id")).toBe("file");
    }
    expect(sent.filter((method) => method === "POST")).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  test("refuses a file beyond the storage quota before it is sent", async () => {
    const { blobs } = site.world.app.files;
    const { bytes: used } = await blobs.usageOf(alice().id);
    await blobs.setQuota(operator, alice().id, used + 1000);
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    const sent: string[] = [];
    page.on("request", (request) => void sent.push(request.method()));
    await choose(page, "a.txt", Buffer.alloc(100_000));
    await send(page, "file");
    expect(await page.locator("#file-problem").innerText()).toContain(
      files.quotaExceeded(formatBytes(1000)),
    );
    expect(sent.filter((method) => method === "POST")).toEqual([]);
    expect(faults).toEqual([]);
    await blobs.setQuota(operator, alice().id, null);
    await close();
  });

  test("what the server refuses stands beside its field, and nothing is lost", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    await choose(page, "a.txt", Buffer.from("hello"));
    await field(page, "short_code").fill("login");
    await send(page, "file");
    await page.locator("#short_code-problem").waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("short_code");
    await field(page, "short_code").fill("fixed");
    await send(page, "file");
    await page.waitForURL(/\/-\/links\/fixed$/);
    await expectDownload("fixed", Buffer.from("hello"));
    expect(faults).toEqual([]);
    await close();
  });

  const { refusedByProxy: BIG, connectionLost: BROKEN } = text.upload;

  test.each([
    ["a proxy's 413", { status: 413, contentType: "text/html", body: "<h1>413</h1>" }, BIG],
    ["a proxy's 502", { status: 502, contentType: "text/html", body: "<h1>502</h1>" }, BROKEN],
    ["a broken connection", null, BROKEN],
  ])("%s is explained", async (_, answer, words) => {
    const { page, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    await page.route("/add", (route) => (answer === null ? route.abort() : route.fulfill(answer)));
    await choose(page, "a.txt", Buffer.from("hello"));
    await send(page, "file");
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
    await close();
  });

  test("who is signed out meanwhile signs in elsewhere and sends again", async () => {
    const { page, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=file");
    await choose(page, "report.pdf", content);
    await field(page, "short_code").fill("again");
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await send(page, "file");
    await page.getByRole("alert").locator('a[href="/auth/login"]').waitFor();
    await page.context().addCookies(cookies);
    await send(page, "file");
    await page.waitForURL(/\/-\/links\/again$/);
    await expectDownload("again", content);
    await close();
  });

  test("without scripts the form is sent as any other", async () => {
    const { page, faults, close } = await site.visit({ user: alice(), scripts: false });
    await page.goto("/add");
    await page.locator('main a[href*="link_type=file"]').click();
    await choose(page, "plain.txt", Buffer.from("plain"));
    await field(page, "short_code").fill("plain");
    await send(page, "file");
    await page.locator('[data-notice="created"]').waitFor();
    await page.goto("/edit_link/plain");
    await page.locator('[type="radio"][value="file"]').check();
    await choose(page, "other.txt", Buffer.from("other"));
    await send(page, "file");
    await page.locator('[data-notice="saved"]').waitFor();
    await expectDownload("plain", Buffer.from("other"));
    expect(faults).toEqual([]);
    await close();
  });
});

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.locator('input[type="file"]').first().setInputFiles({ name, mimeType: "", buffer });
}

async function slowDown(page: Page, bytesASecond = SLOW_BYTES_A_SECOND): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const limits = { offline: false, latency: 0, downloadThroughput: -1 };
  await session.send("Network.emulateNetworkConditions", {
    ...limits,
    uploadThroughput: bytesASecond,
  });
  return session;
}

/** Figures of an upload under way. */
function figures(page: Page, pattern: RegExp) {
  return page.locator("[data-upload-figures]", { hasText: pattern });
}

/** Notes where the bar stands, in what outlives the page. */
async function watchBar(page: Page): Promise<void> {
  await page.evaluate(`{
    const bar = document.querySelector("progress");
    const seen = [];
    new MutationObserver(() => {
      seen.push(bar.value);
      sessionStorage.setItem("seen", JSON.stringify(seen));
    }).observe(bar, { attributes: true, attributeFilter: ["value"] });
  }`);
}

function barSeen(page: Page): Promise<number[]> {
  return page.evaluate("[...new Set(JSON.parse(sessionStorage.getItem('seen')))]");
}
