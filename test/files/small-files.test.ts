import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SmallFiles } from "../../src/files/small-files.ts";
import type { Content } from "../../src/links/link.ts";
import { toProblem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { share } from "../share.ts";
import { openTestApp, START, type World } from "../world.ts";

const KB = 1024;

let world: World;
let count = 0;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());
beforeEach(() => world.clock.set(START));

const openMemory = (maxBytes: number) =>
  new SmallFiles({ blobs: world.app.files.blobs, clock: world.clock.now, maxBytes });

async function store(bytes: string): Promise<Content> {
  const shared = { code: `small${count++}`, name: "a.txt", bytes };
  const { content } = await share(world, world.people.alice, shared);
  if (content === null) throw new Error("It has no bytes.");
  return content;
}

const pathOf = ({ path }: Content) => join(world.dataFolder, "users", path);

async function textOf(bytes: Uint8Array<ArrayBuffer> | Blob): Promise<string> {
  return await new Response(bytes).text();
}

describe("a file is cached", () => {
  test.each([
    [0, true],
    [1, true],
    [64 * KB, true],
    [64 * KB + 1, false],
  ])("of %p bytes: %p", async (size, isKept) => {
    const memory = openMemory(KB * KB);
    const file = await store("x".repeat(size));
    expect(memory.peek(file)).toBeNull();
    expect(await textOf(await memory.open(file))).toBe("x".repeat(size));
    expect(memory.peek(file)?.byteLength ?? null).toBe(isKept ? size : null);
    expect(await textOf(await memory.open(file))).toBe("x".repeat(size));
  });

  test("never when the cache is disabled", async () => {
    const memory = openMemory(0);
    const file = await store("some");
    expect(await textOf(await memory.open(file))).toBe("some");
    expect(memory.peek(file)).toBeNull();
  });

  test("until others need its space", async () => {
    const memory = openMemory(10 * KB);
    const [first, second, third] = [
      await store("1".repeat(4 * KB)),
      await store("2".repeat(4 * KB)),
      await store("3".repeat(4 * KB)),
    ];
    await memory.open(first);
    await memory.open(second);
    memory.peek(first);
    await memory.open(third);
    expect([first, second, third].map((file) => memory.peek(file) !== null)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("but not served for other bytes at its path", async () => {
    const memory = openMemory(KB * KB);
    const file = await store("before");
    await memory.open(file);
    writeFileSync(pathOf(file), "after!");
    const sha256 = new Bun.CryptoHasher("sha256").update("after!").digest("hex");
    const changed = { ...file, sha256 };
    expect(memory.peek(changed)).toBeNull();
    expect(await textOf(await memory.open(changed))).toBe("after!");
    expect(memory.peek(file)).toBeNull();
  });
});

describe("a file damaged on disk", () => {
  const damages: [string, (path: string) => void][] = [
    ["gone", (path) => rmSync(path)],
    ["shorter", (path) => truncateSync(path, 1)],
    ["as long, with other bytes", (path) => writeFileSync(path, "x".repeat(statSync(path).size))],
  ];

  test.each(damages)("%s: is refused and counted", async (_, damage) => {
    const memory = openMemory(KB * KB);
    const file = await store(`these bytes ${count}`);
    damage(pathOf(file));
    const before = world.app.files.blobs.damaged;
    expect(toProblem(await failureOf(memory.open(file))).code).toBe("internal");
    expect([world.app.files.blobs.damaged - before, memory.peek(file)]).toEqual([1, null]);
  });

  test.each(damages)(
    "%s: is served from memory for ten seconds, then refused",
    async (_, damage) => {
      const memory = openMemory(KB * KB);
      const bytes = `those bytes ${count}`;
      const file = await store(bytes);
      await memory.open(file);
      damage(pathOf(file));
      world.clock.advance(10_000);
      expect(await textOf(await memory.open(file))).toBe(bytes);
      world.clock.advance(1);
      expect(memory.peek(file)).toBeNull();
      expect(toProblem(await failureOf(memory.open(file))).code).toBe("internal");
    },
  );
});

test("an undamaged file is cached for ten more seconds each time it is read", async () => {
  const memory = openMemory(KB * KB);
  const file = await store("lasting");
  for (let time = 1; time <= 3; time++) {
    expect(await textOf(await memory.open(file))).toBe("lasting");
    expect(memory.peek(file)).not.toBeNull();
    world.clock.advance(10_001);
    expect(memory.peek(file)).toBeNull();
  }
});
