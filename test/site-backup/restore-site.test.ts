import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { Archive } from "../../src/archive/archive.ts";
import { text } from "../../src/archive/text.en.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { backUpSite } from "../../src/site-backup/back-up-site.ts";
import { restoreSite, type SiteRestoreOrder } from "../../src/site-backup/restore-site.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { failureOf } from "../failure.ts";
import { type FreshDatabase, openPostgres } from "../postgres.ts";
import { share } from "../share.ts";
import { until } from "../until.ts";
import { accounts, fill } from "../user-backup/account.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";
import { everyFile, everyRow } from "./everything.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-restore-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Order = Partial<Omit<SiteRestoreOrder, "archive">>;

async function restore(path: string, order: Order = {}) {
  using archive = await Archive.open(path);
  return await restoreSite({
    archive,
    dataFolder: folder,
    runFolder: join(folder, "run"),
    databaseUrl: "",
    replaces: false,
    stamp: "20260317_120000",
    log: silentLog(),
    ...order,
  });
}

for (const kind of databases) {
  describe(`a site backup on ${kind}`, () => {
    let world: World;
    let target: FreshDatabase | null = null;
    beforeEach(async () => {
      world = await openTestApp({
        database: kind,
        settings: { "files.allowed_extensions": ["*"] },
      });
      target = kind === "postgres" ? await (await openPostgres()).freshDatabase() : null;
    });
    afterEach(async () => {
      await world.close();
      await target?.drop();
    });

    test("is restored elsewhere, row for row and byte for byte", async () => {
      const [mine, hers] = fc.sample(accounts, { numRuns: 2, seed: 7 });
      if (mine === undefined || hers === undefined) throw new Error("No sample accounts");
      await fill(world, world.people.alice, mine);
      await fill(world, world.people.bob, {
        ...hers,
        links: hers.links.map((link) => ({ ...link, code: `b${link.code}` })),
      });
      mkdirSync(join(world.dataFolder, "branding"));
      writeFileSync(join(world.dataFolder, "branding/logo.svg"), "<svg/>");
      writeFileSync(join(world.dataFolder, "config/config.toml"), "[app]\n");
      writeFileSync(join(world.dataFolder, "users/alice/links.toml"), "");
      // Of duplicate files, one is kept and the other released.
      world.clock.advance(60_000);
      await world.app.files.blobs.sweep(100);
      const before = await everyRow(world.app.database);
      const { path, damaged } = await backUpSite(world.app);
      expect(damaged).toEqual([]);
      const databaseUrl = target?.url ?? "";
      const { aside } = await restore(path, { databaseUrl });
      expect(aside).toBeNull();
      const again = await openDatabase({
        url: databaseUrl,
        poolSize: 2,
        dataFolder: folder,
        log: silentLog(),
      });
      expect(await everyRow(again)).toEqual(before);
      await again.close();
      for (const part of ["users", "branding"]) {
        expect(everyFile(join(folder, part))).toEqual(everyFile(join(world.dataFolder, part)));
      }
      expect(existsSync(join(folder, "config/config.toml"))).toBe(true);
      expect(existsSync(join(folder, ".restoring"))).toBe(false);
    });
  });
}

describe("a site backup", () => {
  let world: World;
  let path: string;
  beforeEach(async () => {
    world = await openTestApp();
    await share(world, world.people.alice, { code: "paper", name: "a.txt", bytes: "hello" });
  });
  afterEach(() => world.close());

  const linkOf = (code: string) => world.app.links.get(as(world.people.alice), code);
  const fileOf = async (code: string) =>
    join(world.dataFolder, "users", (await linkOf(code)).content?.path ?? "");

  test("includes the file of a link that is deleted meanwhile, however long it takes", async () => {
    const { content } = await linkOf("paper");
    const sweeps: number[] = [];
    const { app } = world;
    const { takeSnapshot } = app.database;
    const database = Object.assign(Object.create(app.database), {
      takeSnapshot: async (into: string) => {
        const snapshot = await takeSnapshot(into);
        await app.links.remove(as(world.people.alice), "paper");
        world.clock.advance(3_600_000);
        sweeps.push(await app.files.blobs.sweep(10));
        return snapshot;
      },
    });
    ({ path } = await backUpSite({ ...app, database }));
    expect(sweeps).toEqual([0]);
    using archive = await Archive.open(path);
    expect(await archive.readText(`users/${content?.path}`, 100)).toBe("hello");
    expect(await app.files.blobs.sweep(10)).toBe(1);
  });

  test("reports files that are damaged or missing on disk, and continues", async () => {
    await share(world, world.people.alice, { code: "gone", name: "g.txt", bytes: "gone" });
    truncateSync(await fileOf("paper"), 2);
    rmSync(await fileOf("gone"));
    const { damaged, missing } = await backUpSite(world.app);
    expect(damaged).toEqual([`users/${(await linkOf("paper")).content?.path}`]);
    expect(missing).toEqual([`users/${(await linkOf("gone")).content?.path}`]);
  });

  test("goes on without files that are deleted meanwhile, and notes them", async () => {
    const notes = join(world.dataFolder, "users/alice/notes");
    mkdirSync(notes);
    const names = Array.from({ length: 2000 }, (_, at) => `${at}.txt`);
    for (const name of names) writeFileSync(join(notes, name), "x".repeat(4096));
    path = join(world.dataFolder, "x.zip");
    const backingUp = backUpSite(world.app, path);
    const draft = `${path}.partial`;
    const isAtNotes = () => existsSync(draft) && statSync(draft).size > 1_500_000;
    await until(isAtNotes, { what: "the backup to reach the notes" });
    rmSync(notes, { recursive: true });
    const { vanished, missing, damaged } = await backingUp;
    expect({ missing, damaged }).toEqual({ missing: [], damaged: [] });
    expect(vanished.length).toBeGreaterThan(0);
    using archive = await Archive.open(path);
    const kept = [...archive.entries.keys()].filter((name) => name.includes("/notes/"));
    const all = names.map((name) => `users/alice/notes/${name}`);
    expect([...kept, ...vanished].sort()).toEqual(all.sort());
  });

  test("is renamed once it is complete, and cleans up after a crashed one", async () => {
    const backups = join(world.dataFolder, "backups");
    for (const name of [`.snapshot-${hostname()}`, ".snapshot-gone"]) {
      mkdirSync(join(backups, name), { recursive: true });
      writeFileSync(join(backups, name, "trunk8.db"), "half");
    }
    const longAgo = (START - 2 * 86_400_000) / 1000;
    utimesSync(join(backups, ".snapshot-gone"), longAgo, longAgo);
    writeFileSync(join(backups, "x.zip.partial"), "half");
    await backUpSite(world.app, join(backups, "x.zip"));
    expect(Object.keys(everyFile(backups))).toEqual(["x.zip"]);
  });

  test("leaves the snapshot of another node, which shares the data folder, alone", async () => {
    const others = [".snapshot", ".snapshot-other-node"].map((name) => `${name}/trunk8.db`);
    const backups = join(world.dataFolder, "backups");
    for (const path of others) {
      mkdirSync(dirname(join(backups, path)), { recursive: true });
      writeFileSync(join(backups, path), "under way");
    }
    await backUpSite(world.app, join(backups, "x.zip"));
    expect(Object.keys(everyFile(backups)).sort()).toEqual([...others, "x.zip"].sort());
  });

  test("is not restored over existing data, unless that may be set aside", async () => {
    ({ path } = await backUpSite(world.app));
    await restore(path);
    writeFileSync(join(folder, "users/alice/links.toml"), "# newer");
    expect(await failureOf(restore(path))).toMatchObject({ code: "forbidden" });
    const before = everyFile(folder);
    const { aside } = await restore(path, { replaces: true });
    expect(aside).toBe(join(folder, "replaced_20260317_120000"));
    const after = everyFile(folder);
    expect(after["replaced_20260317_120000/trunk8.db"]).toBe(before["trunk8.db"]);
    expect(after["replaced_20260317_120000/users/alice/links.toml"]).toBe(
      before["users/alice/links.toml"],
    );
    expect(after["users/alice/links.toml"]).toBeUndefined();
  });

  test("is not restored while Trunk8 runs on the data folder", async () => {
    ({ path } = await backUpSite(world.app));
    const order = { dataFolder: world.dataFolder, replaces: true };
    expect(await failureOf(restore(path, order))).toMatchObject({ code: "busy" });
    expect((await linkOf("paper")).kind).toBe("file");
  });

  test.each<[string, (path: string) => void, string]>([
    ["a changed byte", (at: string) => flip(at), text.damaged("database/trunk8.db")],
    ["a truncated end", (at: string) => truncateSync(at, 1000), text.notZip],
  ])("with %s is refused, and existing data stays", async (_what, harm, message) => {
    ({ path } = await backUpSite(world.app));
    await restore(path);
    const before = everyFile(folder);
    harm(path);
    const failure = await failureOf(restore(path, { replaces: true }));
    expect(failure).toMatchObject({ code: "invalid" });
    expect(String(failure)).toContain(message);
    rmSync(join(folder, ".restoring"), { recursive: true, force: true });
    expect(everyFile(folder)).toEqual(before);
  });
});

/** Changes a byte in the middle of the database, the first and largest entry. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(50_000) ^ 1, 50_000);
  writeFileSync(path, bytes);
}
