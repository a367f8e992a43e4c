import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../src/clock.ts";
import { makeBlobPath, requireBlobPath } from "../../src/files/blob.ts";
import { LocalStore } from "../../src/files/store/local-store.ts";
import { failureOf } from "../failure.ts";

let folder: string;
let store: LocalStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-store-"));
  store = new LocalStore(join(folder, "users"), systemRandom);
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = requireBlobPath("alice/assets/0123.txt");
const drafts = () => readdirSync(join(folder, "users/alice/assets/.drafts"));
const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;

async function keep(text: string): Promise<void> {
  await using draft = await store.draft("alice");
  await draft.write(Buffer.from(text));
  await draft.place(path);
}

describe("a draft", () => {
  test("becomes a file and folders that only their owner can read", async () => {
    await keep("hello");
    expect(readFileSync(join(folder, "users", path), "utf8")).toBe("hello");
    expect(modeOf(`users/${path}`)).toBe(0o600);
    for (const made of ["users", "users/alice", "users/alice/assets", "users/alice/assets/.drafts"])
      expect(modeOf(made)).toBe(0o700);
    expect(drafts()).toEqual([]);
  });

  test("leaves nothing if it is not placed", async () => {
    {
      await using draft = await store.draft("alice");
      await draft.write(Buffer.from("hello"));
      expect(drafts()).toHaveLength(1);
    }
    expect(drafts()).toEqual([]);
  });

  test("of a running process is not swept; an unclaimed one is", async () => {
    await using draft = await store.draft("alice");
    await Bun.write(join(folder, "users/alice/assets/.drafts/dead"), "half");
    expect(await store.sweepDrafts()).toBe(1);
    expect(drafts()).toHaveLength(1);
    await draft.place(path);
    expect(await store.measure(path)).toBe(0);
  });

  test("counts by its size while it is written; one of a dead process is deleted", async () => {
    await using draft = await store.draft("alice");
    await draft.write(Buffer.from("hello"));
    await Bun.write(join(folder, "users/alice/assets/.drafts/dead"), "half of it");
    expect(await store.draftBytes("alice")).toBe(5);
    expect(drafts()).toHaveLength(1);
    expect(await store.draftBytes("bob")).toBe(0);
  });

  test("can be created during a sweep", async () => {
    const making = Array.from({ length: 40 }, () => store.draft("alice"));
    const sweeping = Array.from({ length: 40 }, () => store.sweepDrafts());
    const made = await Promise.all(making);
    await Promise.all(sweeping);
    expect(drafts()).toHaveLength(40);
    for (const draft of made) await draft[Symbol.asyncDispose]();
  });

  test.each([["."], [".."], [""], ["a/b"], ["../x"], ["a\\b"], ["a\0b"], [".hidden"]])(
    "refuses %p as a user's folder",
    async (owner) => {
      expect(String(await failureOf(store.draft(owner)))).toContain("folder name");
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

describe("stored bytes", () => {
  test("are read, measured, listed and deleted", async () => {
    await keep("hello");
    expect(await store.read(path).text()).toBe("hello");
    expect(await store.measure(path)).toBe(5);
    expect(await Array.fromAsync(store.list())).toEqual([path]);
    await store.remove(path);
    await store.remove(path);
    expect(await store.measure(path)).toBeNull();
    expect(await Array.fromAsync(store.list())).toEqual([]);
  });

  test("are not a folder", async () => {
    mkdirSync(join(folder, "users", path), { recursive: true });
    expect(await store.measure(path)).toBeNull();
  });

  test("deleted while they are read are read to their end", async () => {
    await keep("x".repeat(3_000_000));
    const reader = store.read(path).stream().getReader();
    let size = (await reader.read()).value?.byteLength ?? 0;
    await store.remove(path);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
    }
    expect(size).toBe(3_000_000);
  });
});

describe("a path", () => {
  test("is valid when generated", () => {
    expect(makeBlobPath("alice", "txt", systemRandom)).toMatch(
      /^alice\/assets\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.txt$/,
    );
    expect(makeBlobPath("J\u00fcrgen X", "", systemRandom)).not.toContain(".");
  });

  test.each([
    ["../assets/x"],
    ["a/../assets/x"],
    ["a/assets/../x"],
    ["a/assets/.drafts"],
    ["a/assets/x/y"],
    ["a/assets/"],
    ["/assets/x"],
    ["a/assets/x\0"],
    ["a\\b/assets/x"],
    [`a/assets/${"x".repeat(101)}`],
  ])("%p is none", (text) => {
    expect(() => requireBlobPath(text)).toThrow("blob path");
  });
});
