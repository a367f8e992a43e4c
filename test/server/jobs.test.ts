/** What the server does by itself, at its start and from time to time. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { startJobs } from "../../src/server/jobs.ts";
import { openTestApp, type World } from "../world.ts";

let world: World;
let assets: string;
beforeEach(async () => {
  world = await openTestApp();
  assets = join(world.dataFolder, "users/alice/assets");
  mkdirSync(join(assets, ".drafts"), { recursive: true });
});
afterEach(() => world.close());

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly count?: number;
  readonly files?: readonly string[];
}

/** Starts the jobs, waits until `isDone`, stops them; gives what they logged. */
async function runJobsUntil(isDone: (lines: readonly Line[]) => boolean): Promise<Line[]> {
  const lines: Line[] = [];
  const log = pino({}, { write: (text) => void lines.push(JSON.parse(text)) });
  const stop = startJobs({ ...world.app, log });
  while (!isDone(lines)) await Bun.sleep(5);
  stop();
  return lines;
}

describe("when the server starts", () => {
  test("what the dead have left half received is removed", async () => {
    const draft = join(assets, ".drafts/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed");
    writeFileSync(draft, "half");
    expect(await runJobsUntil(() => !existsSync(draft))).toEqual([]);
  });

  test("files that no record names are told of, ten by name, and left alone", async () => {
    for (let at = 0; at < 12; at++) writeFileSync(join(assets, `stray${at}.txt`), "whose?");
    const [line, ...others] = await runJobsUntil((lines) => lines.length > 0);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: 40, count: 12 });
    expect(line?.files).toHaveLength(10);
    expect(line?.files?.[0]).toMatch(/^alice\/assets\/stray\d+\.txt$/);
    expect(readdirSync(assets)).toHaveLength(13);
  });
});
