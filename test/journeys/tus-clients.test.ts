/** tus-js-client and Uppy as they are, on a page of another site, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { operator } from "../../src/policy.ts";
import { bytesOf } from "../api/uploads/tus.ts";
import { browserIsAvailable } from "../browser.ts";
import { openSite, type Site } from "./pages.ts";

const CHUNK = 65_536;

describe.skipIf(!browserIsAvailable)("in a browser, a page of another site", () => {
  let site: Site;
  let other: Bun.Server<undefined>;
  let page: Page;
  let key: string;
  /** Methods that the site was asked, with offsets and origins. */
  let asked: string[];

  beforeAll(async () => {
    other = await serveOther();
    site = await openSite({ settings: { "api.allowed_origins": [other.url.origin] } });
    const input = { name: "tus", scopes: ["files:create"], expiresAt: null } as const;
    key = (await site.world.app.accounts.keys.create(operator, site.world.people.alice, input))
      .secret;
    page = await (await site.browser.newContext()).newPage();
    await page.goto(other.url.href);
    page.on("request", async (request) => {
      if (!request.url().startsWith(site.origin)) return;
      const offset = request.headers()["upload-offset"];
      asked.push(request.method() + (offset === undefined ? "" : ` ${offset}`));
    });
  }, 120_000);
  afterAll(async () => {
    await site.close();
    await other.stop(true);
  });

  const options = (more: object) => ({
    endpoint: `${site.origin}/api/v1/uploads`,
    headers: { authorization: `Bearer ${key}` },
    chunkSize: CHUNK,
    retryDelays: [100, 500],
    ...more,
  });

  async function run(words: string): Promise<unknown> {
    asked = [];
    return await page.evaluate(words);
  }

  const bytes = `Uint8Array.from({ length: 300000 }, ${(_: unknown, at: number) => (at * 31 + (at >> 8)) & 255})`;

  async function expectStored(code: string): Promise<void> {
    const answer = await site.world.request(`/${code}?download=1`);
    expect(Bun.hash(await answer.arrayBuffer())).toBe(Bun.hash(bytesOf(300_000)));
  }

  test.each<[what: string, code: string, more: object]>([
    ["sends a file in chunks", "chunks", {}],
    ["sends what it does not know the length of", "deferred", { uploadLengthDeferred: true }],
    ["sends chunks by POST", "override", { overridePatchMethod: true }],
    ["sends parts at the same time", "parallel", { parallelUploads: 2 }],
    ["sends the first chunk with the creation", "created", { uploadDataDuringCreation: true }],
  ])("%s", async (_, code, more) => {
    const chosen = options({ ...more, metadata: { filename: "a.bin", short_code: code } });
    const url = await run(`send(${bytes}, 0, ${JSON.stringify(chosen)})`);
    expect(url).toBe(`http://trunk8.test:${new URL(site.origin).port}/${code}`);
    await expectStored(code);
  });

  test("goes on with an upload that stopped", async () => {
    const chosen = options({ metadata: { filename: "a.bin", short_code: "stopped" } });
    await run(`send(${bytes}, ${2 * CHUNK}, ${JSON.stringify(chosen)})`);
    expect(asked.filter((request) => request === "PATCH 0")).toHaveLength(1);
    expect(asked).toContain("HEAD");
    await expectStored("stopped");
  });

  test("sends several files by Uppy", async () => {
    const urls = await run(`sendAll([${bytes}, ${bytes}], ${JSON.stringify(options({}))})`);
    const { uploads } = site.world.app.files;
    const { alice } = site.world.people;
    const by = { is: "user", userId: alice.id, username: alice.username, role: "user" } as const;
    expect(urls).toHaveLength(2);
    for (const url of urls as string[]) {
      const { shortCode } = await uploads.find(by, url.split("/").at(-1) ?? "");
      await expectStored(shortCode ?? "");
    }
  });
});

async function serveOther(): Promise<Bun.Server<undefined>> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "tus-clients.js")],
    target: "browser",
  });
  const script = built.outputs[0];
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) =>
      url.endsWith(".js")
        ? new Response(script)
        : new Response('<!doctype html><script src="/clients.js"></script>', {
            headers: { "content-type": "text/html" },
          }),
  });
}
