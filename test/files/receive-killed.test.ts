/** Death at any moment of an upload: what was acknowledged is whole, and nothing half is left. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "../../src/clock.ts";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { Blobs } from "../../src/files/blobs.ts";
import { LocalStore } from "../../src/files/store/local-store.ts";
import { silentLog } from "../../src/telemetry/log.ts";

const RECEIVER = join(import.meta.dir, "receiver.ts");
/** Each of them kills four uploads. */
const ROUNDS = 25;

let folder: string;
let ownerId: number;

const open = () => openDatabase({ url: "", poolSize: 2, dataFolder: folder, log: silentLog() });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
  const database = await open();
  const { id } = await database.write((trx) =>
    trx
      .insertInto("user")
      .values({ username: "owner", display_name: "", role: "user", disabled: 0, created_at: 0 })
      .returning("id")
      .executeTakeFirstOrThrow(),
  );
  ownerId = id;
  await database.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lets a process store blobs, kills it within 200 ms of its being ready, gives the ids it acknowledged. */
async function storeAndDie(): Promise<number[]> {
  const child = Bun.spawn([process.execPath, RECEIVER, folder, String(ownerId)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (said === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 200);
    said += chunk;
  }
  await child.exited;
  return said.split("\n").slice(1, -1).map(Number);
}

function blobsOver(database: Database, clock = systemClock): Blobs {
  const places = { folder: join(folder, "users"), runFolder: join(folder, "run") };
  const store = new LocalStore({ ...places, clock, random: systemRandom });
  return new Blobs({ database, store, clock, random: systemRandom, defaultQuota: () => 0 });
}

const filesIn = (name: string) => {
  const names = readdirSync(join(folder, "users/owner/assets", name));
  return names.filter((each) => each !== ".uploads").sort();
};

test("after kill -9 at any point, acknowledged files are complete and others are swept", async () => {
  const acknowledged = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const id of await storeAndDie()) acknowledged.add(id);
  }
  const database = await open();
  const blobs = blobsOver(database);
  await blobs.sweepDrafts();
  expect(filesIn(".uploads")).toEqual([]);

  const used = await database.read
    .selectFrom("blob")
    .selectAll()
    .where("state", "=", "used")
    .execute();
  for (const id of acknowledged) expect(used.map((row) => row.id)).toContain(id);
  expect(acknowledged.size).toBeGreaterThan(0);
  // A use is committed before it is told: at most four a round were not.
  expect(used.length - acknowledged.size).toBeLessThanOrEqual(4 * ROUNDS);
  for (const row of used) {
    const hasher = new Bun.CryptoHasher("sha256").update(await (await blobs.open(row)).bytes());
    expect(hasher.digest("hex")).toBe(row.sha256);
  }

  expect(await Array.fromAsync(blobs.findStrays())).toEqual([]);
  const later = blobsOver(database, () => systemClock() + 7_200_000);
  await later.sweep(1000);
  const last = blobsOver(database, () => systemClock() + 14_400_000);
  await last.sweep(1000);
  expect(filesIn("")).toEqual(used.map((row) => row.path.split("/")[2] ?? "").sort());
  const size = used.reduce((sum, row) => sum + row.size, 0);
  expect((await blobs.usageOf(ownerId)).bytes).toBe(size);
  await database.close();
}, 300_000);
