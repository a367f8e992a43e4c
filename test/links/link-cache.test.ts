import { heapStats } from "bun:jsc";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newLink } from "../share.ts";
import { as, openTestApp, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

const KEPT = 500;
const MEGABYTE = 1_000_000;

/** Bytes in use that the heap, without garbage, has grown by since `before`. */
function grownSince(before: number): number {
  Bun.gc(true);
  return heapStats().heapSize - before;
}

/** A code as the hot path reads it: a part of the URL of a request. */
const cutFromUrl = (code: string) =>
  Buffer.from(`${code}?${"x".repeat(10_000)}`)
    .toString()
    .slice(0, code.length);

test("a cached link keeps nothing of the request that asked for it", async () => {
  const { links } = world.app;
  const { alice } = world.people;
  const codes = Array.from({ length: KEPT }, (_, at) => `${"kept".padEnd(40, "-")}${at}`);
  for (const code of codes)
    await links.create(
      as(alice),
      { ownerId: alice.id },
      newLink({ shortCode: code, target: "https://example.com/" }),
    );
  const before = grownSince(0);
  for (const code of codes) expect(links.cache.findNow(cutFromUrl(code))?.kind).toBe("redirect");
  expect(links.cache.size).toBe(KEPT);
  expect(grownSince(before)).toBeLessThan(MEGABYTE);
});

test("neither does an unknown code", async () => {
  const { cache } = world.app.links;
  const before = grownSince(0);
  for (let at = 0; at < KEPT; at++)
    expect(cache.findNow(cutFromUrl(`${"gone".padEnd(40, "-")}${at}`))).toBeNull();
  expect(grownSince(before)).toBeLessThan(MEGABYTE);
});

test("a cached link opens as a link of its kind, with what only that kind has", async () => {
  const { links } = world.app;
  const { alice } = world.people;
  await links.create(
    as(alice),
    { ownerId: alice.id },
    newLink({ shortCode: "plain", title: "T", target: "https://example.com/" }),
  );
  expect(links.cache.findNow("plain")).toMatchObject({
    kind: "redirect",
    title: "",
    content: null,
    disabled: false,
    location: "https://example.com/",
  });
  expect(links.cache.findNow("plain")).toBe(links.cache.peek("plain") ?? null);
});
