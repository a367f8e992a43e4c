/** A large backup over the web: an answer at once, and a page that shows its progress and result. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runRestores } from "../../../src/user-backup/restores/restore-queue.ts";
import { text } from "../../../src/web/backup/text.en.ts";
import { assetHref } from "../../../src/web/static/asset.ts";
import { madeArchive } from "../../user-backup/restores/made-archive.ts";
import { sendBackup } from "../../user-backup/send-archive.ts";
import { form, openTestApp, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const JSON_ONLY = { accept: "application/json" };

let world: World;
let alice: string;
let zip: Uint8Array<ArrayBuffer>;
beforeEach(async () => {
  world = await openTestApp();
  alice = await world.signIn(world.people.alice);
  const path = await madeArchive(world, "large.zip", { links: 1500 });
  zip = new Uint8Array(await Bun.file(path).arrayBuffer());
});
afterEach(() => world.close());

async function start(fields: Record<string, string> = {}): Promise<string> {
  const response = await sendBackup(world, alice, zip, fields);
  expect(response.status).toBe(303);
  return response.headers.get("location") ?? "";
}

const get = (path: string, headers: Record<string, string> = {}, cookie = alice) =>
  world.request(path, { headers: { cookie, ...headers } });

const sent = () => {
  const folder = join(world.dataFolder, "backups/sent");
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe("a large backup", () => {
  test("is answered at once, and its page shows progress and result", async () => {
    const path = await start({ restore_mode: "merge" });
    expect(path).toMatch(/^\/backup\/restore\/\d+$/);
    const running = await (await get(path)).text();
    expect(running).toContain("<progress");
    expect(running).toContain('hx-trigger="every 2s"');
    expect(running).toContain(assetHref("htmx.js"));
    expect(running).toContain('http-equiv="refresh"');
    await runRestores(world.app);
    const done = await (await get(path)).text();
    expect(done).toContain(text.progress.done);
    expect(done).toContain("1,500");
    expect(done).not.toContain("hx-trigger");
    expect(done).not.toContain('http-equiv="refresh"');
    expect(sent()).toEqual([]);
    expect((await world.request("/code-1499")).status).toBe(302);
  });

  test("is answered to programs with 202 and its address", async () => {
    const body = new FormData();
    body.append("backup_file", new File([zip], "backup.zip"));
    const headers = { cookie: alice, ...JSON_ONLY };
    const response = await world.request("/backup/restore", { method: "POST", body, headers });
    expect(response.status).toBe(202);
    const path = response.headers.get("location") ?? "";
    expect(await response.json()).toMatchObject({ state: "running", owner: "alice", url: path });
    await runRestores(world.app);
    expect(await (await get(path, JSON_ONLY)).json()).toMatchObject({
      state: "done",
      restored: 1500,
      skipped: [],
      problem: null,
    });
  });

  test("is named on the form while it runs, and no longer", async () => {
    const path = await start();
    const link = `href="${path}"`;
    expect(await (await get("/backup/restore")).text()).toContain(link);
    const bob = await world.signIn(world.people.bob);
    expect(await (await get("/backup/restore", {}, bob)).text()).not.toContain(link);
    await runRestores(world.app);
    expect(await (await get("/backup/restore")).text()).not.toContain(link);
  });

  test("can be cancelled by its owner only", async () => {
    const path = await start();
    const bob = await world.signIn(world.people.bob);
    expect((await world.request(path, form({ action: "cancel" }, bob))).status).toBe(404);
    expect((await world.request(path, form({ action: "burn" }, alice))).status).toBe(422);
    expect((await world.request(path, form({ action: "cancel" }, alice))).status).toBe(303);
    expect((await readPage(await get(path))).text).toContain(text.progress.cancelling);
    await runRestores(world.app);
    expect((await readPage(await get(path))).text).toContain(text.progress.cancelled);
    expect((await world.request("/code-1499")).status).toBe(404);
  });

  test("that cannot be read is reported on its page, and to programs with the field", async () => {
    const path = await start();
    const [name = ""] = sent();
    await Bun.write(join(world.dataFolder, "backups/sent", name), "damaged");
    await runRestores(world.app);
    const page = (await readPage(await get(path))).text;
    expect(page).toContain(text.progress.failed);
    expect(page).not.toContain("backup_file");
    expect(await (await get(path, JSON_ONLY)).json()).toMatchObject({
      state: "failed",
      problem: { code: "invalid", fields: { backup_file: expect.any(String) } },
    });
  });

  test("is refused while another one of the account is in progress", async () => {
    await start();
    expect((await sendBackup(world, alice, zip, {})).status).toBe(503);
    await runRestores(world.app);
    await start();
  });

  test.each(["0", "01", "999", "x", "9".repeat(30)])("has no page at %s", async (id) => {
    expect((await get(`/backup/restore/${id}`)).status).toBe(404);
  });
});
