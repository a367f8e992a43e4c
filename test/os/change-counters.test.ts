import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeCounters, momentNow } from "../../src/os/change-counters.ts";

describe("the counters of changed links", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-changes-"));
    path = join(folder, "changes");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("what was read stands until someone settles a change of its bucket", () => {
    const [reader, writer] = [new ChangeCounters(path), new ChangeCounters(path)];
    const bucket = reader.bucketOf("code");
    const version = reader.readVersion(bucket);
    expect(version).toBe(0);
    writer.beginWrites([bucket]);
    expect(reader.isCurrent(bucket, 0)).toBe(false);
    writer.endWrites([bucket]);
    expect(reader.isCurrent(bucket, 0)).toBe(false);
    expect(reader.isCurrent(bucket, 1)).toBe(true);
  });

  test("nothing read while a writer is under way may be kept", () => {
    const changes = new ChangeCounters(path);
    const bucket = changes.bucketOf("code");
    changes.beginWrites([bucket]);
    expect(changes.readVersion(bucket)).toBeNull();
    changes.endWrites([bucket]);
    expect(changes.readVersion(bucket)).toBe(1);
  });

  test("two writers of one bucket are both waited for", () => {
    const changes = new ChangeCounters(path);
    changes.beginWrites([7]);
    changes.beginWrites([7]);
    changes.endWrites([7]);
    expect(changes.readVersion(7)).toBeNull();
    changes.endWrites([7]);
    expect(changes.readVersion(7)).toBe(2);
  });

  test("a dead writer's mark is healed, and what was read before it is not trusted", () => {
    const changes = new ChangeCounters(path);
    changes.beginWrites([7, 8]);
    new ChangeCounters(path).releaseAbandoned();
    expect(changes.readVersion(7)).toBe(1);
    expect(changes.isCurrent(8, 0)).toBe(false);
    changes.releaseAbandoned();
    expect(changes.readVersion(7)).toBe(1);
  });

  test("a deaf process trusts nothing, and others are not disturbed", () => {
    const [deaf, other] = [new ChangeCounters(path), new ChangeCounters(path)];
    deaf.doubt();
    expect(deaf.isCurrent(7, 0)).toBe(false);
    expect(other.isCurrent(7, 0)).toBe(true);
  });

  const ago = (ms: number, wallMs = ms) => {
    const { wall, steady } = momentNow();
    return { wall: wall - wallMs, steady: steady - ms };
  };

  test.each([
    ["a moment ago", 0, 0, true],
    ["half a second ago", 500, 500, true],
    ["before a pause of the process", 900, 900, false],
    ["before the machine slept", 10, 3_600_000, false],
    ["before the clock was set back", 900, -600_000, false],
    ["long ago", 30_000, 30_000, false],
  ])("what was proved %s is current for less than a second", (_, ms, wallMs, isCurrent) => {
    const changes = new ChangeCounters(path);
    changes.prove(ago(ms, wallMs));
    expect(changes.isCurrent(7, 0)).toBe(isCurrent);
  });

  test.each([
    ["its bound", 700, 0, true],
    ["no more than its bound", 900, 0, false],
    ["as much longer as is allowed", 900, 1000, true],
    ["no longer than is allowed", 1900, 1000, false],
    ["a long time", 50_000, 60_000, true],
  ])("without a database, memory answers for %s", (_, provenAgoMs, staleMs, isCurrent) => {
    const changes = new ChangeCounters(path);
    changes.prove(ago(provenAgoMs));
    changes.excuse(1000, staleMs);
    expect(changes.isCurrent(7, 0)).toBe(isCurrent);
    expect(changes.isStale).toBe(isCurrent && provenAgoMs > 800);
    changes.invalidate([7]);
    expect(changes.isCurrent(7, 0)).toBe(false);
  });

  test("a database that is there again ends older answers at once", () => {
    const changes = new ChangeCounters(path);
    changes.prove(ago(900));
    changes.excuse(1000, 60_000);
    changes.endExcuse();
    expect(changes.isCurrent(7, 0)).toBe(false);
  });

  test("an excuse ends by itself when the process was paused", () => {
    const changes = new ChangeCounters(path);
    changes.prove(ago(900));
    changes.excuse(-1, 60_000);
    expect(changes.isCurrent(7, 0)).toBe(false);
  });

  test("codes spread evenly over the buckets", () => {
    const changes = new ChangeCounters(path);
    const codes = 65_536;
    const used = new Set(Array.from({ length: codes }, (_, at) => changes.bucketOf(`c${at}`)));
    // Thrown at random, 63.2 % of the buckets would be hit.
    expect(used.size / codes).toBeGreaterThan(0.6);
  });

  test("the file is whole from the start, so that no full disk can break it later", () => {
    new ChangeCounters(path);
    const { size, blocks } = statSync(path);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
  });
});
