/** Several processes on one data folder: fairness, exactness, and death at any moment. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/database/open-database.ts";
import { LinkCache } from "../../src/links/link-cache.ts";
import { silentLog } from "../../src/telemetry/log.ts";

const WRITER = join(import.meta.dir, "writer.ts");

const open = (dataFolder: string) =>
  openDatabase({ url: "", poolSize: 2, dataFolder, log: silentLog() });

interface Writer {
  /** The numbers it says are written, in order, with how long each took, in milliseconds. */
  readonly written: { readonly number: number; readonly ms: number }[];
  kill(): Promise<void>;
  readonly finished: Promise<void>;
}

/** Starts a process that writes links `<name>-<number>` one after another, and tells of each. */
function startWriter(folder: string, name: string, count: number): Writer {
  const child = Bun.spawn([process.execPath, WRITER, folder, name, String(count)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const written: { number: number; ms: number }[] = [];
  const finished = (async () => {
    let rest = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [number = 0, ms = 0] = line.split(" ").map(Number);
        written.push({ number, ms });
      }
    }
    await child.exited;
  })();
  return {
    written,
    finished,
    kill: async () => {
      child.kill("SIGKILL");
      await finished;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

describe("several processes on one SQLite file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-processes-"));
    const database = await open(folder);
    await database.write((trx) =>
      trx
        .insertInto("user")
        .values({ username: "owner", display_name: "", role: "user", disabled: 0, created_at: 0 })
        .execute(),
    );
    await database.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("take turns: neither starves the other", async () => {
    const writers = [startWriter(folder, "a", 400), startWriter(folder, "b", 400)];
    await Promise.all(writers.map(({ finished }) => finished));
    for (const { written } of writers) {
      expect(written).toHaveLength(400);
      expect(Math.max(...written.map(({ ms }) => ms))).toBeLessThan(1000);
    }
  });

  test("what a process said was written is there after kill -9, and the next one writes on", async () => {
    for (let round = 0; round < 8; round++) {
      const writer = startWriter(folder, `r${round}`, 100_000);
      await until(() => writer.written.length > 3 + round * 7);
      await writer.kill();
      const database = await open(folder);
      const rows = await database.read
        .selectFrom("link")
        .select("short_code")
        .where("short_code", "like" as "=", `r${round}-%` as never)
        .execute();
      const codes = new Set<string>(rows.map((row) => row.short_code));
      for (const { number } of writer.written) expect(codes).toContain(`r${round}-${number}`);
      expect(codes.size - writer.written.length).toBeLessThanOrEqual(1);
      await database.close();
    }
  });

  test("a reader never gives an answer older than what another process said was written", async () => {
    const database = await open(folder);
    const cache = new LinkCache(database, 100);
    const writer = startWriter(folder, "same", 1000);
    let last = 0;
    while (last < 999) {
      const acknowledged = writer.written.at(-1)?.number ?? -1;
      const found = await cache.find("same");
      const seen = found === null ? -1 : Number(found.target.split("#")[1]);
      expect(seen).toBeGreaterThanOrEqual(acknowledged);
      last = Math.max(last, acknowledged);
      await Bun.sleep(0);
    }
    await writer.finished;
    await database.close();
  });

  test("a bucket that a dead writer left raised is answered from memory again after the next write", async () => {
    const database = await open(folder);
    const cache = new LinkCache(database, 100);
    const bucket = database.changes.bucketOf("code");
    database.changes.beginWrites([bucket]);
    await cache.find("code");
    expect(cache.peek("code")).toBeUndefined();
    await database.write(async () => {});
    await cache.find("code");
    expect(cache.peek("code")).toBeNull();
    await database.close();
  });
});
