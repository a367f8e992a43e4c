/** What people meet while the database is locked or the disk is full. */
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaveOut } from "../left-out.ts";
import { form, openTestApp, type World } from "../world.ts";

const canMount = process.platform === "linux" && process.getuid?.() === 0;
if (!canMount) leaveOut("a full disk", "only root may mount a small one");

let world: World;
let cookie: string;

async function open(dataFolder?: string): Promise<void> {
  world = await openTestApp(dataFolder === undefined ? {} : { dataFolder });
  cookie = await world.signIn(world.people.alice);
  expect((await add("before")).status).toBe(303);
  expect((await world.request("/before")).status).toBe(302);
}

const add = (code: string, url = "https://example.com/") =>
  world.request("/add", form({ link_type: "redirect", short_code: code, url }, cookie));

describe("while another program holds the database's lock", () => {
  afterEach(() => world.close());

  test("redirects and pages go on, writing is answered 503 with Retry-After, and all recovers", async () => {
    await open();
    const holder = new Sqlite(join(world.dataFolder, "trunk8.db"));
    holder.run("BEGIN IMMEDIATE");
    let isAnswered = false;
    const refused = add("during").finally(() => {
      isAnswered = true;
    });
    for (let count = 0; count < 50; count++) {
      expect((await world.request("/before")).status).toBe(302);
      await Bun.sleep(20);
    }
    expect((await world.request("/links", { headers: { cookie } })).status).toBe(200);
    expect(isAnswered).toBe(false);
    const response = await refused;
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    holder.run("ROLLBACK");
    holder.close();
    expect((await add("after")).status).toBe(303);
    await world.app.visits.flush();
    expect((await world.app.links.get({ is: "operator" }, "before")).visits).toBe(51);
  });
});

describe.skipIf(!canMount)("on a full disk", () => {
  test("redirects, pages and deleting go on, writing is answered 507, and all recovers", async () => {
    const disk = mkdtempSync(join(tmpdir(), "trunk8-disk-"));
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk]);
    try {
      await open(join(disk, "data"));
      const filler = join(disk, "filler");
      await fill(filler);
      const long = `https://example.com/${"x".repeat(8000)}`;
      const statuses = new Set<number>();
      for (let count = 0; count < 40; count++)
        statuses.add((await add(`full${count}`, long)).status);
      expect([...statuses].filter((status) => status !== 303)).toEqual([507]);
      expect((await world.request("/before")).status).toBe(302);
      expect((await world.request("/links", { headers: { cookie } })).status).toBe(200);
      await world.app.visits.flush();
      rmSync(filler);
      expect((await add("after")).status).toBe(303);
      await world.app.visits.flush();
      expect((await world.app.links.get({ is: "operator" }, "before")).visits).toBe(2);
      await world.close();
    } finally {
      Bun.spawnSync(["umount", "-l", disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});

/** Writes until there is no room for another page. */
async function fill(path: string): Promise<void> {
  for (const block of [65_536, 4096]) {
    for (;;) {
      const { exitCode } = Bun.spawnSync(["sh", "-c", `head -c ${block} /dev/zero >> '${path}'`]);
      if (exitCode !== 0) break;
    }
  }
}
