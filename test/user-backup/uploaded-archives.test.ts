/** Uploaded archives: one of an account, no larger than its quota allows, and none on a full disk. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { statusOf } from "../../src/http/response/problem-response.ts";
import { openTestApp, type World, type WorldOptions } from "../world.ts";
import { madeArchive } from "./restores/made-archive.ts";
import { sendBackup } from "./send-archive.ts";

let world: World;
let alice: string;
let zip: Uint8Array<ArrayBuffer>;

async function open(settings: WorldOptions["settings"] = {}): Promise<void> {
  world = await openTestApp({ settings });
  alice = await world.signIn(world.people.alice);
  const path = await madeArchive(world, "small.zip", { links: 2 });
  zip = new Uint8Array(await Bun.file(path).arrayBuffer());
}

beforeEach(() => open());
afterEach(() => world.close());

const uploads = () => readdirSync(join(world.dataFolder, "backups/sent"));
const preview = () => sendBackup(world, alice, zip, { preview: "1" });

test("keeps the last upload of each account only", async () => {
  expect((await preview()).status).toBe(200);
  const [first = ""] = uploads();
  expect((await preview()).status).toBe(200);
  expect(uploads()).toHaveLength(1);
  expect(uploads()).not.toContain(first);
  const bob = await world.signIn(world.people.bob);
  await sendBackup(world, bob, zip, { preview: "1" });
  expect(uploads()).toHaveLength(2);
});

test("keeps an upload that a restore uses", async () => {
  const path = await madeArchive(world, "large.zip", { links: 600 });
  const large = new Uint8Array(await Bun.file(path).arrayBuffer());
  expect((await sendBackup(world, alice, large, {})).status).toBe(303);
  await preview();
  expect(uploads()).toHaveLength(2);
});

test("refuses at once what is announced as larger than the quota allows", async () => {
  const { app, people } = world;
  await app.files.blobs.setQuota({ is: "operator" }, people.alice.id, 1);
  const headers = {
    cookie: alice,
    "content-type": "multipart/form-data; boundary=x",
    "content-length": "100000000",
  };
  const refused = await world.request("/backup/restore", { method: "POST", body: "--x", headers });
  expect(refused.status).toBe(413);
  expect((await preview()).status).toBe(200);
});

test("refuses uploads where too little disk space would stay free", async () => {
  await world.close();
  await open({ "ops.disk_floor_mb": 100_000_000 });
  expect((await preview()).status).toBe(statusOf.storage_full);
});
