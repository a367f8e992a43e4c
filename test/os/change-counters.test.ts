import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Changes } from "../../src/os/change-counters.ts";

describe("the counters of changed links", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-changes-"));
    path = join(folder, "changes");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("what was read stands until someone settles a change of its bucket", () => {
    const [reader, writer] = [new Changes(path), new Changes(path)];
    const bucket = reader.bucketOf("code");
    const version = reader.note(bucket);
    expect(version).toBe(0);
    writer.raise([bucket]);
    expect(reader.stands(bucket, 0)).toBe(false);
    writer.settle([bucket]);
    expect(reader.stands(bucket, 0)).toBe(false);
    expect(reader.stands(bucket, 1)).toBe(true);
  });

  test("nothing read while a writer is under way may be kept", () => {
    const changes = new Changes(path);
    const bucket = changes.bucketOf("code");
    changes.raise([bucket]);
    expect(changes.note(bucket)).toBeNull();
    changes.settle([bucket]);
    expect(changes.note(bucket)).toBe(1);
  });

  test("two writers of one bucket are both waited for", () => {
    const changes = new Changes(path);
    changes.raise([7]);
    changes.raise([7]);
    changes.settle([7]);
    expect(changes.note(7)).toBeNull();
    changes.settle([7]);
    expect(changes.note(7)).toBe(2);
  });

  test("a dead writer's mark is healed, and what was read before it is not trusted", () => {
    const changes = new Changes(path);
    changes.raise([7, 8]);
    new Changes(path).heal();
    expect(changes.note(7)).toBe(1);
    expect(changes.stands(8, 0)).toBe(false);
    changes.heal();
    expect(changes.note(7)).toBe(1);
  });

  test("a deaf process trusts nothing, and others are not disturbed", () => {
    const [deaf, other] = [new Changes(path), new Changes(path)];
    deaf.setDeaf(true);
    expect(deaf.stands(7, 0)).toBe(false);
    expect(other.stands(7, 0)).toBe(true);
  });

  test("codes spread evenly over the buckets", () => {
    const changes = new Changes(path);
    const codes = 65_536;
    const used = new Set(Array.from({ length: codes }, (_, at) => changes.bucketOf(`c${at}`)));
    // Thrown at random, 63.2 % of the buckets would be hit.
    expect(used.size / codes).toBeGreaterThan(0.6);
  });

  test("the file is whole from the start, so that no full disk can break it later", () => {
    new Changes(path);
    const { size, blocks } = statSync(path);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
  });
});
