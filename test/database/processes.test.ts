/** Several processes on one data folder: fairness, exactness, and kill -9 at any point. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/database/open-database.ts";
import { LinkCache } from "../../src/links/link-cache.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { until } from "../until.ts";

const WRITER = join(import.meta.dir, "writer.ts");

const open = (dataFolder: string) =>
  openDatabase({ url: "", poolSize: 2, dataFolder, log: silentLog() });

interface Writer {
  /** Numbers of the links whose writing it has reported, in order. */
  readonly written: number[];
  kill(): Promise<void>;
  readonly finished: Promise<void>;
}

/** Starts a process that writes links `<name>-<number>` one after another and reports each. */
function startWriter(folder: string, name: string, count: number): Writer {
  const child = Bun.spawn([process.execPath, WRITER, folder, name, String(count)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const written: number[] = [];
  const finished = (async () => {
    let rest = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      written.push(...lines.map(Number));
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

  test("write in turn: neither starves the other", async () => {
    const writers = [startWriter(folder, "a", 400), startWriter(folder, "b", 400)];
    await Promise.all(writers.map(({ finished }) => finished));
    for (const { written } of writers) expect(written).toHaveLength(400);
    expect(await longestRun(folder)).toBeLessThan(50);
  });

  /** Most links in a row of one writer while both were writing. */
  async function longestRun(dataFolder: string): Promise<number> {
    const database = await open(dataFolder);
    const rows = await database.read
      .selectFrom("link")
      .select("short_code")
      .orderBy("id")
      .execute();
    await database.close();
    const names = rows.map(({ short_code }) => short_code.charAt(0));
    const first = Math.max(names.indexOf("a"), names.indexOf("b"));
    const last = Math.min(names.lastIndexOf("a"), names.lastIndexOf("b"));
    const runs =
      names
        .slice(first, last + 1)
        .join("")
        .match(/a+|b+/g) ?? [];
    return Math.max(...runs.map((run) => run.length));
  }

  test("a reported write survives kill -9, and the next process can write", async () => {
    for (let round = 0; round < 8; round++) {
      const writer = startWriter(folder, `r${round}`, 100_000);
      await until(() => writer.written.length > 3 + round * 7, { what: "written links" });
      await writer.kill();
      const database = await open(folder);
      const rows = await database.read
        .selectFrom("link")
        .select("short_code")
        .where("short_code", "like" as "=", `r${round}-%` as never)
        .execute();
      const codes = new Set<string>(rows.map((row) => row.short_code));
      for (const number of writer.written) expect(codes).toContain(`r${round}-${number}`);
      expect(codes.size - writer.written.length).toBeLessThanOrEqual(1);
      await database.close();
    }
  });

  test("a reader never returns a link older than another process's reported write", async () => {
    const database = await open(folder);
    const cache = new LinkCache(database, 100);
    const writer = startWriter(folder, "same", 1000);
    let last = 0;
    while (last < 999) {
      const acknowledged = writer.written.at(-1) ?? -1;
      const found = await cache.find("same");
      const seen = found === null ? -1 : Number(found.location.split("#")[1]);
      expect(seen).toBeGreaterThanOrEqual(acknowledged);
      last = Math.max(last, acknowledged);
      await Bun.sleep(0);
    }
    await writer.finished;
    await database.close();
  });

  test("a bucket left raised by a crashed writer is cached again after the next write", async () => {
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
