import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../src/clock.ts";
import { makeBlobPath, requireBlobPath } from "../../src/files/blob.ts";
import { LocalStore } from "../../src/files/store/local-store.ts";
import { claimPath } from "../../src/os/machine-lock.ts";
import { failureOf } from "../failure.ts";

let folder: string;
let store: LocalStore;
let now: number;
beforeEach(() => {
  now = Date.now();
  folder = mkdtempSync(join(tmpdir(), "trunk8-store-"));
  store = openStore("run");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The store as a machine with this run folder has it. */
function openStore(run: string): LocalStore {
  const places = { folder: join(folder, "users"), runFolder: join(folder, run) };
  return new LocalStore({ ...places, clock: () => now, random: systemRandom });
}

const path = requireBlobPath("alice/assets/0123.txt");
const drafts = () => readdirSync(join(folder, "users/alice/assets/.uploads"));
const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;

async function keep(text: string): Promise<void> {
  await using draft = await store.draft("alice");
  await draft.write(Buffer.from(text));
  await draft.place(path);
}

/** A draft of a process that was killed, of the machine with this run folder; returns its name. */
async function leaveDraft(run: string): Promise<string> {
  const program = `
    import { systemClock as clock, systemRandom as random } from "${source("clock.ts")}";
    import { LocalStore } from "${source("files/store/local-store.ts")}";
    const places = { folder: "${join(folder, "users")}", runFolder: "${join(folder, run)}" };
    const draft = await new LocalStore({ ...places, clock, random }).draft("alice");
    await draft.write(Buffer.from("half"));
    process.kill(process.pid, "SIGKILL");`;
  const before = existsSync(join(folder, "users/alice/assets/.uploads")) ? drafts() : [];
  await Bun.spawn([process.execPath, "-e", program], { stderr: "inherit" }).exited;
  return drafts().find((name) => !before.includes(name)) ?? "";
}

const source = (path: string) => join(import.meta.dir, "../../src", path);

describe("a draft", () => {
  test("becomes a file and folders that only their owner can read", async () => {
    await keep("hello");
    expect(readFileSync(join(folder, "users", path), "utf8")).toBe("hello");
    expect(modeOf(`users/${path}`)).toBe(0o600);
    for (const made of [
      "users",
      "users/alice",
      "users/alice/assets",
      "users/alice/assets/.uploads",
    ])
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

  test("of a running process is not swept; one of a process that ended is", async () => {
    await using draft = await store.draft("alice");
    await leaveDraft("run");
    expect(drafts()).toHaveLength(2);
    expect(await openStore("run").sweepDrafts()).toBe(1);
    expect(drafts()).toHaveLength(1);
    await draft.place(path);
    expect(await store.measure(path)).toBe(0);
  });

  test("counts by its size while it is written; one of a process that ended is deleted", async () => {
    await using draft = await store.draft("alice");
    await draft.write(Buffer.from("hello"));
    await leaveDraft("run");
    expect(await store.draftBytes("alice")).toBe(5);
    expect(drafts()).toHaveLength(1);
    expect(await store.draftBytes("bob")).toBe(0);
  });

  test("of a former version is swept unless its process has it locked", async () => {
    const former = join(folder, "users/alice/assets/.drafts");
    mkdirSync(former, { recursive: true });
    await Bun.write(join(former, "dead"), "half");
    using _ = claimPath(join(former, "live"));
    expect(await store.sweepDrafts()).toBe(1);
    expect(readdirSync(former)).toEqual(["live"]);
    expect(await Array.fromAsync(store.list())).toEqual([]);
  });

  test("leaves nothing in the run folder", async () => {
    const one = await store.draft("alice");
    const other = await store.draft("bob");
    expect(readdirSync(join(folder, "run/drafts"))).toHaveLength(1);
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await leaveDraft("run");
    await store.sweepDrafts();
    expect(readdirSync(join(folder, "run/drafts"))).toEqual([]);
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

describe("a draft of another machine", () => {
  const hour = 3_600_000;
  /** Lets a draft have been written last so long ago. */
  const age = (name: string, ms: number) =>
    utimesSync(join(folder, "users/alice/assets/.uploads", name), 0, (now - ms) / 1000);

  test("is left to that machine while it may be running", async () => {
    const name = await leaveDraft("other");
    age(name, 23 * hour);
    expect(await store.sweepDrafts()).toBe(0);
    expect(await store.draftBytes("alice")).toBe(4);
    expect(drafts()).toEqual([name]);
    expect(await openStore("other").sweepDrafts()).toBe(1);
  });

  test("is swept after a day, also where that machine never comes back", async () => {
    age(await leaveDraft("other"), 25 * hour);
    expect(await store.sweepDrafts()).toBe(1);
  });

  test("is swept an hour after it fell silent, by the clock of the folder alone", async () => {
    const silent = await leaveDraft("other");
    age(silent, 2 * hour);
    await using _ = await store.draft("alice");
    now -= 30 * 24 * hour;
    expect(await store.sweepDrafts()).toBe(1);
    expect(drafts()).not.toContain(silent);
  });

  test("that is being written is kept, whatever the clock here says", async () => {
    const written = await leaveDraft("other");
    await using _ = await store.draft("alice");
    now += 20 * hour;
    expect(await store.sweepDrafts()).toBe(0);
    expect(drafts()).toContain(written);
  });
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
