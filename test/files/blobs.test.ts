import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Blobs, ReservedBlob } from "../../src/files/blobs.ts";
import { operator } from "../../src/policy.ts";
import { Problem, toProblem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { as, databases, openTestApp, type World } from "../world.ts";

const HOUR = 3_600_000;

function existing<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("There is no such row.");
  return row;
}

/** Bytes as they come from a client: in pieces, maybe broken off. */
async function* arriving(text: string, end?: Problem): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
  if (end !== undefined) throw end;
}

const codeOf = async (work: Promise<unknown>) => toProblem(await failureOf(work)).code;

describe.each(databases)("blobs on %s", (database) => {
  let world: World;
  let blobs: Blobs;
  let owner: { id: number; username: string };
  let count = 0;

  beforeAll(async () => {
    world = await openTestApp({ database });
    blobs = world.app.files.blobs;
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    const username = `owner${count++}`;
    owner = await world.app.accounts.users.create(operator, {
      username,
      password: "a quiet Tuesday",
    });
  });

  const receive = (text: string, name = "a.txt", of = owner) =>
    blobs.receive(of, { name, bytes: arriving(text) }, Infinity);

  async function reserve(text: string, of = owner): Promise<ReservedBlob> {
    await using received = await receive(text, "a.txt", of);
    return await blobs.reserve(received);
  }

  const use = (reserved: ReservedBlob) =>
    world.app.database.write((trx) => blobs.use(trx, reserved));
  const release = (id: number) => world.app.database.write((trx) => blobs.release(trx, id));
  const store = async (text: string, of = owner) => (await use(await reserve(text, of))).id;

  const rows = () =>
    world.app.database.read
      .selectFrom("blob")
      .selectAll()
      .where("owner_id", "=", owner.id)
      .orderBy("id")
      .execute();

  const assets = () => join(world.dataFolder, "users", owner.username, "assets");
  const files = () => readdirSync(assets()).filter((name) => name !== ".uploads");
  const drafts = () => readdirSync(join(assets(), ".uploads"));

  /** Past every waiting time, all sweeping done. */
  async function sweepAll(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      world.clock.advance(2 * HOUR);
      await blobs.sweep(1000);
    }
  }

  async function expectUsageIsSum(): Promise<void> {
    const used = (await rows()).filter((row) => row.state === "used");
    const sum = used.reduce((total, row) => total + row.size, 0);
    expect((await blobs.usageOf(owner.id)).bytes).toBe(sum);
  }

  describe("receiving", () => {
    test("measures a file and determines name and type", async () => {
      await using received = await receive("hello", "../evil\u202e/gr\u00f6\u00dfe.txt");
      expect(received).toMatchObject({
        size: 5,
        sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        name: "gr\u00f6\u00dfe.txt",
        type: "text/plain; charset=utf-8",
      });
    });

    test("accepts an empty file and one of the maximum size", async () => {
      const most = (text: string) => blobs.receive(owner, { name: "", bytes: arriving(text) }, 20);
      await using empty = await most("");
      await using full = await most("x".repeat(20));
      expect([empty.size, empty.name, full.size]).toEqual([0, "file", 20]);
      expect(await codeOf(most("x".repeat(21)))).toBe("too_large");
      expect(drafts()).toHaveLength(2);
    });

    test("leaves nothing of an aborted, too large or discarded file", async () => {
      const cut = arriving("half of it", new Problem("bad_request", "Gone."));
      expect(await codeOf(blobs.receive(owner, { name: "x", bytes: cut }, 100))).toBe(
        "bad_request",
      );
      expect(await codeOf(blobs.receive(owner, { name: "x", bytes: arriving("12345") }, 4))).toBe(
        "too_large",
      );
      await (await receive("unwanted"))[Symbol.asyncDispose]();
      expect([drafts(), files(), await rows()]).toEqual([[], [], []]);
    });
  });

  describe("using", () => {
    test("makes bytes readable under a generated name", async () => {
      const id = await store("hello");
      const [row] = await rows();
      expect(row).toMatchObject({ id, state: "used", uses: 1, size: 5 });
      expect(await (await blobs.open(existing(row))).text()).toBe("hello");
      expect([files().length, drafts().length]).toEqual([1, 0]);
    });

    test("stores an owner's identical bytes once, until the last link is deleted", async () => {
      const [first, second] = [await store("same"), await store("same")];
      expect(second).toBe(first);
      await sweepAll();
      expect(await rows()).toMatchObject([{ uses: 2, state: "used" }]);
      await release(first);
      await sweepAll();
      expect([files().length, (await blobs.usageOf(owner.id)).bytes]).toEqual([1, 4]);
      await release(first);
      expect((await blobs.usageOf(owner.id)).bytes).toBe(0);
      await sweepAll();
      expect([files(), await rows()]).toEqual([[], []]);
    });

    test("counts identical bytes correctly when used ten times concurrently", async () => {
      const ids = await Promise.all(Array.from({ length: 10 }, () => store("at once")));
      expect(new Set(ids).size).toBe(1);
      await sweepAll();
      expect(await rows()).toMatchObject([{ uses: 10, state: "used" }]);
      expect(files()).toHaveLength(1);
      await expectUsageIsSum();
    });

    test("stores identical bytes of different owners separately", async () => {
      const { bob } = world.people;
      const [mine, his] = [await store("shared"), await store("shared", bob)];
      expect(mine).not.toBe(his);
      await release(his);
      await sweepAll();
      expect(files()).toHaveLength(1);
    });

    test("stores bytes again that were released and not yet deleted", async () => {
      const first = await store("again");
      await release(first);
      const second = await store("again");
      expect(second).not.toBe(first);
      await sweepAll();
      expect(await rows()).toMatchObject([{ id: second, state: "used", uses: 1 }]);
      expect(files()).toHaveLength(1);
    });

    test("in a failed transaction changes nothing, and its bytes are swept", async () => {
      const reserved = await reserve("never linked");
      const failing = world.app.database.write(async (trx) => {
        await blobs.use(trx, reserved);
        throw new Problem("invalid", "The code is taken.");
      });
      expect(await codeOf(failing)).toBe("invalid");
      expect((await blobs.usageOf(owner.id)).bytes).toBe(0);
      expect(files()).toHaveLength(1);
      await sweepAll();
      expect([files(), await rows()]).toEqual([[], []]);
    });

    test("an abandoned reservation is swept, unless it is in use already", async () => {
      const [unwanted, wanted] = [await reserve("unwanted"), await reserve("wanted")];
      await use(wanted);
      await blobs.abandon(unwanted);
      await blobs.abandon(wanted);
      await sweepAll();
      expect(await rows()).toMatchObject([{ id: wanted.id, state: "used" }]);
    });

    test("an expired reservation is refused as busy", async () => {
      const reserved = await reserve("late");
      world.clock.advance(2 * HOUR);
      await blobs.sweep(1000);
      expect(await codeOf(use(reserved))).toBe("busy");
      await sweepAll();
      expect(files()).toEqual([]);
    });
  });

  describe("a quota", () => {
    test("is not exceeded by 50 concurrent uploads, and equals the sum of the rows", async () => {
      await blobs.setQuota(operator, owner.id, 100);
      const tries = Array.from({ length: 50 }, (_, at) => store(String(at).padStart(10, "0")));
      const settled = await Promise.allSettled(tries);
      const refused = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
      expect(refused.map((reason) => toProblem(reason).code)).toEqual(Array(40).fill("over_quota"));
      expect(await blobs.usageOf(owner.id)).toEqual({ bytes: 100, quota: 100 });
      await expectUsageIsSum();
      await sweepAll();
      expect(files()).toHaveLength(10);
    });

    test("that is used up allows bytes to be replaced by as many", async () => {
      await blobs.setQuota(operator, owner.id, 5);
      const old = await store("12345");
      const reserved = await reserve("abcde");
      await world.app.database.write(async (trx) => {
        await blobs.release(trx, old);
        await blobs.use(trx, reserved);
      });
      await expectUsageIsSum();
      expect(await codeOf(store("x"))).toBe("over_quota");
    });

    test("of 0 is unlimited, of null the site's default", async () => {
      expect(await blobs.usageOf(owner.id)).toEqual({ bytes: 0, quota: 0 });
      await blobs.setQuota(operator, owner.id, 3);
      expect(await codeOf(store("1234"))).toBe("over_quota");
      await blobs.setQuota(operator, owner.id, 0);
      await store("1234");
      await blobs.setQuota(operator, owner.id, null);
      expect(await blobs.usageOf(owner.id)).toEqual({ bytes: 4, quota: 0 });
    });

    test("can be set only by administrators", async () => {
      const giving = blobs.setQuota(as(world.people.bob), world.people.bob.id, 0);
      expect(await codeOf(giving)).toBe("forbidden");
    });
  });

  describe("opening", () => {
    test.each<[string, (file: string) => void]>([
      ["gone", (file) => rmSync(file)],
      ["shorter", (file) => truncateSync(file, 3)],
      ["longer", (file) => truncateSync(file, 9)],
    ])("bytes that are %s than was recorded is a fault of ours", async (_, spoil) => {
      await store("hello");
      const [row] = await rows();
      spoil(join(assets(), files()[0] ?? ""));
      expect(await codeOf(blobs.open(existing(row)))).toBe("internal");
    });
  });

  describe("sweeping", () => {
    test("keeps released bytes for a minute", async () => {
      await sweepAll();
      await release(await store("short"));
      await blobs.sweep(1000);
      expect(files()).toHaveLength(1);
      world.clock.advance(60_000);
      expect(await blobs.sweep(1000)).toBe(1);
      expect(files()).toEqual([]);
    });

    test("deletes what a process left that crashed between bytes and row", async () => {
      await release(await store("first"));
      rmSync(join(assets(), files()[0] ?? ""));
      await sweepAll();
      expect(await rows()).toEqual([]);
    });

    test("never deletes a file without a row, and reports it", async () => {
      await store("known");
      writeFileSync(join(assets(), "stray.txt"), "whose?");
      await sweepAll();
      await blobs.sweepDrafts();
      const strays = await Array.fromAsync(blobs.findStrays());
      expect(strays).toEqual([`${owner.username}/assets/stray.txt`]);
      expect(existsSync(join(assets(), "stray.txt"))).toBe(true);
      rmSync(join(assets(), "stray.txt"));
    });
  });
});
