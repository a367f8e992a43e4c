/** A large file on its way in, in portions: paused, cut off, let through in smaller ones, and chosen again. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { text } from "../../src/web/static/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { until } from "../until.ts";
import { as, PASSWORD } from "../world.ts";
import { field, send } from "./fields.ts";
import { openSite, type Site } from "./pages.ts";

const UPLOADS = "**/api/v1/uploads/*";

describe.skipIf(!browserIsAvailable)("in a browser", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite({ settings: { "files.chunk_mb": 1 } });
  }, 120_000);
  afterAll(() => site.close());

  const alice = () => site.world.people.alice;
  const uploads = () => site.world.app.files.uploads.list(as(alice()), { ownerId: alice().id });

  async function start(page: Page, code: string, content: Buffer, name = "film.mp4", home = "") {
    await page.goto(`${home}/add?link_type=file`);
    await choose(page, name, content);
    await field(page, "short_code").fill(code);
  }

  async function expectStored(page: Page, code: string, content: Buffer): Promise<void> {
    await page.waitForURL(new RegExp(`/-/links/${code}$`));
    const answer = await site.world.request(`/${code}?download=1`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
    expect(await uploads()).toEqual([]);
  }

  test("goes on after a pause, with the bytes that had come", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    const content = someBytes(3_500_000);
    let patches = 0;
    await page.route(UPLOADS, async (route) => {
      if (route.request().method() === "PATCH" && ++patches === 3)
        await page.locator("[data-upload-pause]").click();
      await route.continue().catch(() => {});
    });
    await start(page, "paused", content);
    await send(page, "file");
    await page.getByRole("button", { name: text.upload.resume }).click();
    await expectStored(page, "paused", content);
    expect(faults).toEqual([]);
    await close();
  });

  test("sends smaller portions where a proxy refuses them, and remembers that", async () => {
    const { page, close } = await site.visit({ user: alice() });
    const sizes: number[] = [];
    await page.route(UPLOADS, async (route) => {
      const size = route.request().postDataBuffer()?.byteLength ?? 0;
      if (route.request().method() === "PATCH") sizes.push(size);
      if (size > 300_000) return await route.fulfill({ status: 413, body: "<h1>413</h1>" });
      await route.continue();
    });
    const content = someBytes(1_200_000);
    await start(page, "halved", content);
    await send(page, "file");
    await expectStored(page, "halved", content);
    expect(sizes.slice(0, 3)).toEqual([1_048_576, 524_288, 262_144]);
    const before = sizes.length;
    const other = someBytes(1_200_000);
    await start(page, "halved-2", other);
    await send(page, "file");
    await expectStored(page, "halved-2", other);
    expect(sizes[before]).toBe(262_144);
    await close();
  });

  test("goes on in another tab when the file is chosen again", async () => {
    const content = someBytes(3_000_000);
    const first = await site.visit({ user: alice() });
    await first.page.route(UPLOADS, async (route) => {
      const isLate = route.request().headers()["upload-offset"] !== "0";
      await (route.request().method() === "PATCH" && isLate ? route.abort() : route.continue());
    });
    await start(first.page, "chosen", content);
    await send(first.page, "file");
    await until(async () => (await uploads())[0]?.received === 1_048_576, { what: "a portion" });
    await first.close();
    const { page, close } = await site.visit({ user: alice() });
    const offsets: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") offsets.push(request.headers()["upload-offset"]);
    });
    await start(page, "chosen", content);
    await send(page, "file");
    await expectStored(page, "chosen", content);
    expect(offsets[0]).toBe("1048576");
    await close();
  });

  test("sends nothing of a file that is here already", async () => {
    const { page, close } = await site.visit();
    // Only what is served securely, or on this machine, can hash.
    const home = site.origin.replace("trunk8.test", "localhost");
    await page.goto(`${home}/auth/login`);
    await field(page, "username").fill("alice");
    await field(page, "password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${home}/`);
    const content = someBytes(1_500_000);
    await start(page, "first", content, "film.mp4", home);
    await send(page, "file");
    await expectStored(page, "first", content);
    const methods: string[] = [];
    page.on("request", (request) => void methods.push(request.method()));
    await start(page, "second", content, "other.mp4", home);
    await send(page, "file");
    await expectStored(page, "second", content);
    expect(methods).not.toContain("PATCH");
    await close();
  });

  test("what the form refuses does not send the file again", async () => {
    const { page, close } = await site.visit({ user: alice() });
    const content = someBytes(1_200_000);
    await start(page, "login", content);
    await send(page, "file");
    await page.getByRole("alert").filter({ hasText: "login" }).waitFor();
    const methods: string[] = [];
    page.on("request", (request) => void methods.push(request.method()));
    await field(page, "short_code").fill("other");
    await send(page, "file");
    await expectStored(page, "other", content);
    expect(methods).not.toContain("PATCH");
    await close();
  });

  test("cancelling deletes what was stored", async () => {
    const { page, close } = await site.visit({ user: alice() });
    await page.route(UPLOADS, async (route) => {
      await (route.request().method() === "PATCH" ? route.abort() : route.continue());
    });
    await start(page, "cancelled", someBytes(1_200_000));
    await send(page, "file");
    await until(async () => (await uploads()).length === 1, { what: "the upload to begin" });
    await page.locator("[data-upload-cancel]").click();
    await until(async () => (await uploads()).length === 0, { what: "the upload to be deleted" });
    await close();
  });
});

/** Its time of change is the same each time: a browser gives it as the time it was handed over. */
async function choose(page: Page, name: string, content: Buffer): Promise<void> {
  await page.evaluate(
    `(async () => {
      const bytes = Uint8Array.fromBase64("${content.toString("base64")}");
      const files = new DataTransfer();
      files.items.add(new File([bytes], "${name}", { lastModified: 1000 }));
      const input = document.querySelector('input[type="file"]');
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    })()`,
  );
}

function someBytes(size: number): Buffer {
  const part = crypto.getRandomValues(new Uint8Array(65_536));
  return Buffer.concat(Array.from({ length: Math.ceil(size / 65_536) }, () => part)).subarray(
    0,
    size,
  );
}
