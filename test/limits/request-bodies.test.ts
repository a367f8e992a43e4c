import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RequestBodies } from "../../src/limits/request-bodies.ts";
import { failureOf } from "../failure.ts";

const MEGABYTE = 1_048_576;
const folder = mkdtempSync(join(tmpdir(), "trunk8-bodies-"));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(leastRate = 1024) {
  let now = 0;
  const bodies = new RequestBodies({
    folder,
    clock: () => now,
    settings: () => ({ "limits.upload_bytes_per_second": leastRate }),
  });
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { bodies, pass };
}

test("keeps a small form in memory, and a long one in a file without a name", async () => {
  const { bodies } = open();
  const spool = bodies.spool();
  for (let n = 0; n < 100; n++) await spool.write(Buffer.from("abcde"));
  expect((await spool.read()).toString()).toBe("abcde".repeat(100));
  expect(bodies).toMatchObject({ held: 1024, spooled: 0 });
  for (let n = 0; n < 100; n++) await spool.write(Buffer.alloc(5_000, "x"));
  expect(bodies).toMatchObject({ held: 0, spooled: 500_500 });
  expect(readdirSync(folder)).toEqual([]);
  expect((await spool.read()).toString()).toBe(`${"abcde".repeat(100)}${"x".repeat(500_000)}`);
  await spool[Symbol.asyncDispose]();
  expect(bodies).toMatchObject({ held: 0, spooled: 0 });
});

test("refuses forms beyond the memory of all, and takes them again when others have ended", async () => {
  const { bodies } = open();
  const spools = Array.from({ length: 5 }, () => bodies.spool());
  for (const spool of spools) await spool.write(Buffer.alloc(8 * MEGABYTE));
  for (const spool of spools.slice(0, 4)) await spool.read();
  const [first, last] = [spools[0], spools[4]];
  if (first === undefined || last === undefined) throw new Error("There are five.");
  const refusal = { code: "busy", retryAfterSeconds: 5 };
  expect(await failureOf(last.read())).toMatchObject(refusal);
  expect(await failureOf(bodies.spool().write(Buffer.from("a")))).toMatchObject(refusal);
  await first[Symbol.asyncDispose]();
  expect((await last.read()).byteLength).toBe(8 * MEGABYTE);
  for (const spool of spools) await spool[Symbol.asyncDispose]();
  expect(bodies).toMatchObject({ held: 0, spooled: 0 });
});

test("refuses forms beyond the disk space of all", async () => {
  const { bodies } = open();
  bodies.holdOnDisk(536_870_912);
  const spool = bodies.spool();
  expect(await failureOf(spool.write(Buffer.alloc(20_000)))).toMatchObject({ code: "busy" });
  await spool[Symbol.asyncDispose]();
  expect(bodies.spooled).toBe(536_870_912);
});

test("asks before the first byte goes to disk", async () => {
  const { bodies } = open();
  await using spool = bodies.spool(() => {
    throw new Error("not now");
  });
  await spool.write(Buffer.alloc(16_384));
  expect(await failureOf(spool.write(Buffer.alloc(1)))).toMatchObject({ message: "not now" });
  expect(bodies.spooled).toBe(0);
});

test("an upload may pause for 30 seconds, but not go on with a byte now and then", async () => {
  const { bodies, pass } = open();
  const pace = bodies.pace();
  pace.allowUpload();
  pass(30);
  pace.note(1);
  pass(20);
  expect(() => pace.note(1)).toThrow("too slowly");
});

test("an upload over a mobile line of 2 KB a second may take an hour, with a pause of a minute", () => {
  const { bodies, pass } = open();
  const pace = bodies.pace();
  pace.allowUpload();
  for (let second = 0; second < 3600; second += 10) {
    pass(second === 1800 ? 60 : 10);
    pace.note(20_480);
  }
});

test("a form without a file has to arrive in five minutes, whatever its rate", () => {
  const { bodies, pass } = open();
  const pace = bodies.pace();
  pass(300);
  pace.note(MEGABYTE);
  pass(1);
  expect(() => pace.note(1)).toThrow("too slowly");
});

test("no rate is required where the setting is 0", () => {
  const { bodies, pass } = open(0);
  const pace = bodies.pace();
  pace.allowUpload();
  pass(36_000);
  pace.note(1);
});
