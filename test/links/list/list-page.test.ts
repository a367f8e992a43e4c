import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import { type LinkPart, readPage, readPages, readPart } from "../../../src/links/list/list-page.ts";
import type { LinkPage, LinkQuery } from "../../../src/links/list/list-query.ts";
import type { ListedLink } from "../../../src/links/rows/link-columns.ts";
import { isStoredCode } from "../../../src/links/short-code.ts";
import { operator } from "../../../src/policy.ts";
import { newLink } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";
import { anyQuery, listPlainly } from "./list-model.ts";

const HOUR = 3_600_000;
const LINKS = 160;

const titles = [
  "",
  "Autumn report",
  "\u00c4rger bei M\u00fcller",
  "\u6f22\u5b57\u6f22",
  "\u{1f680}\u{1f680}\u{1f680} 100%_a\\b",
];

/** Sorts all that are wanted; walks, and gives up only at the end; gives every walk up. */
const manners = {
  sorting: { maxCounted: 10_000, maxScanned: 10_000, frequencySample: 10_000, maxOfStatus: 10_000 },
  scanning: { maxCounted: 10, maxScanned: 10_000, frequencySample: 5, maxOfStatus: 10_000 },
  "giving scans up": { maxCounted: 10, maxScanned: 5, frequencySample: 5, maxOfStatus: 5 },
};

type Reader = (query: LinkQuery) => Promise<LinkPage>;

for (const kind of databases) {
  describe(`a list on ${kind}`, () => {
    let world: World;
    let all: ListedLink[];
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      await fill(world);
      all = (await world.app.links.list(operator, { limit: 1000 })).links.slice();
    });
    afterAll(() => world.close());

    for (const [manner, limits] of Object.entries(manners)) {
      test(`${manner}, it has what a plain search has, once, forwards and backwards`, async () => {
        const { app, clock, people } = world;
        const read: Reader = (query) => readPage(app.database, query, clock.now(), limits);
        const property = async (query: LinkQuery) => {
          const expected = listPlainly(all, query, clock.now()).map(codeOf);
          const pages = await readForwards(read, query);
          expect(pages.flatMap(({ links }) => links.map(codeOf))).toEqual(expected);
          expect(await readBackwards(read, query, pages.at(-1))).toEqual(expected);
          expect(pages[0]?.total).toBe(Math.min(expected.length, limits.maxCounted));
          expect(pages[0]?.isMore).toBe(expected.length > limits.maxCounted);
        };
        const query = anyQuery([people.alice.id, people.bob.id, 999]);
        await fc.assert(fc.asyncProperty(query, property), { numRuns: 150, seed: 1 });
      });
    }

    test("read in parts by a program, it is what a plain search has", async () => {
      const { app, clock, people } = world;
      const property = async ({ sort: _, direction: __, limit, ...filter }: LinkQuery) => {
        const expected = listPlainly(all, { ...filter, limit }, clock.now()).map(codeOf);
        const parts = readPages(app.database, filter, { limit, now: clock.now() });
        expect((await Array.fromAsync(parts)).flat().map(codeOf)).toEqual(expected);
      };
      const query = anyQuery([people.alice.id, people.bob.id, 999]);
      await fc.assert(fc.asyncProperty(query, property), { numRuns: 30, seed: 2 });
    });

    test("in any order, a program gets the pages of the list, while it is long or not", async () => {
      const { app, clock, people } = world;
      const property = async (query: LinkQuery) => {
        for (const limits of [manners.sorting, manners.scanning]) {
          const expected = listPlainly(all, query, clock.now()).map(codeOf);
          const codes: string[] = [];
          for (let cursor: string | null = ""; cursor !== null; ) {
            const part: LinkPart = await readPart(
              app.database,
              { ...query, cursor },
              clock.now(),
              limits,
            );
            codes.push(...part.links.map(codeOf));
            cursor = part.next;
          }
          expect(codes).toEqual(expected);
        }
      };
      const query = anyQuery([people.alice.id, people.bob.id, 999]);
      await fc.assert(fc.asyncProperty(query, property), { numRuns: 30, seed: 3 });
    });

    test("a program that reads on where the rest has gone is at the end", async () => {
      const { links } = world.app;
      const query = { text: "going", limit: 2 } as const;
      for (let at = 0; at < 3; at++) await make(world, { shortCode: `going-${at}` });
      const { next } = await links.listPart(operator, query);
      await links.many.run(operator, ["going-0"], { deletes: true });
      const rest = await links.listPart(operator, { ...query, cursor: next ?? "" });
      expect(rest).toEqual({ links: [], next: null });
      await links.many.run(operator, ["going-1", "going-2"], { deletes: true });
    });

    test("a bookmark of a page beyond a list that has shrunk shows the last page", async () => {
      const { links } = world.app;
      const query = { text: "shrinking", limit: 3 } as const;
      for (let at = 0; at < 8; at++) await make(world, { shortCode: `shrinking-${at}` });
      const pages = await readForwards((given) => links.list(operator, given), query);
      const bookmark = pages[1]?.next ?? "";
      expect(
        (await links.many.run(operator, ["shrinking-0", "shrinking-1"], { deletes: true })).count,
      ).toBe(2);
      const page = await links.list(operator, { ...query, cursor: bookmark });
      expect(page.links.map(codeOf)).toEqual(["shrinking-4", "shrinking-3", "shrinking-2"]);
      expect(page).toMatchObject({ next: null, previous: expect.any(String), total: 6 });
      const back = await links.list(operator, { ...query, cursor: page.previous ?? "" });
      expect(back.links.map(codeOf)).toEqual(["shrinking-7", "shrinking-6", "shrinking-5"]);
      await links.many.run(
        operator,
        pages.flatMap((one) => one.links.map(codeOf)),
        { deletes: true },
      );
      const none = await links.list(operator, { ...query, cursor: bookmark });
      expect(none).toEqual({ links: [], next: null, previous: null, total: 0, isMore: false });
    });

    test("before a page whose neighbours went, the first page comes", async () => {
      const { links } = world.app;
      const query = { text: "leaving", limit: 2 } as const;
      for (let at = 0; at < 6; at++) await make(world, { shortCode: `leaving-${at}` });
      const pages = await readForwards((given) => links.list(operator, given), query);
      await links.many.run(operator, ["leaving-5", "leaving-4", "leaving-3"], { deletes: true });
      const page = await links.list(operator, { ...query, cursor: pages[2]?.previous ?? "" });
      expect(page.links.map(codeOf)).toEqual(["leaving-2", "leaving-1"]);
      expect(page.previous).toBeNull();
      await links.many.run(operator, ["leaving-0", "leaving-1", "leaving-2"], { deletes: true });
    });

    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const garbage: Readonly<Record<string, string>> = {
      "an old one": "123456789",
      "no base64": "%%%\u0000\u{1f680}",
      "no JSON": Buffer.from("{[").toString("base64url"),
      "an object": encode({ id: 1 }),
      "too few parts": encode([1, "asc", "after", "x"]),
      "a key of another sort": encode([1, "asc", "after", 5, 5]),
      "another sort": encode([2, "desc", "after", 5, 5]),
      "another direction": encode([1, "desc", "after", "x", 5]),
      "no id": encode([1, "asc", "after", "x", "5"]),
      "a broken id": encode([1, "asc", "after", "x", 1.5]),
      "an unknown side": encode([1, "asc", "beside", "x", 5]),
      "a NUL in the key": encode([1, "asc", "after", "x\u0000", 5]),
      "half a character in the key": encode([1, "asc", "after", "\ud800", 5]),
      "ten thousand characters": "A".repeat(10_000),
    };
    for (const [what, cursor] of Object.entries(garbage)) {
      test(`a cursor that is ${what} shows the first page`, async () => {
        const { links } = world.app;
        const query = { sort: "code", limit: 5 } as const;
        expect(await links.list(operator, { ...query, cursor })).toEqual(
          await links.list(operator, query),
        );
      });
    }

    /** Each with how many of the links it finds. */
    const texts: Readonly<Record<string, number>> = {
      "'": 0,
      '"': 0,
      "' or 1=1 --": 0,
      "x' union select * from user --": 0,
      '"unclosed': 0,
      "exa*": 0,
      "NEAR(exa mpl)": 0,
      "https OR nothing-at-all": 0,
      "text:https": 0,
      "-https": 0,
      "^https": 0,
      "{https}": 0,
      "100%_a\\b": LINKS / titles.length,
      "1%0_a": 0,
      "%%%": 0,
      ___: 0,
      "\\\\\\": 0,
      "htt\u0000ps:": LINKS,
      "\u0000": LINKS,
      "\u0001o1": 0,
      "\u0001d1": 0,
      "": LINKS,
      " \t\n ": LINKS,
      "\ud800\ud800\ud800": 0,
      "\u{1f680}\u{1f680}\u{1f680}": LINKS / titles.length,
      "\u{1f680}": LINKS / titles.length,
      "\u202e\u202d\u200b": LINKS,
      "m\u0075\u0308LLER": LINKS / titles.length,
      ["x".repeat(10_000)]: 0,
      ["https ".repeat(1700)]: LINKS,
      [Array.from({ length: 2500 }, (_, at) => `w${at}`).join(" ")]: 0,
      ['"'.repeat(10_000)]: 0,
    };
    for (const [text, found] of Object.entries(texts)) {
      test(`searched for ${JSON.stringify(text.slice(0, 40))}, it finds ${found}`, async () => {
        const page = await world.app.links.list(operator, { text, limit: 5 });
        expect(page.total).toBe(found);
      });
    }
  });
}

/** Links of two people, of every status, some visited, some sharing what they are sorted by. */
async function fill(world: World): Promise<void> {
  for (let at = 0; at < LINKS; at++) {
    const link = await make(world, {
      shortCode: `${"aAbBcC7_-"[at % 9] ?? ""}${"xBy"[at % 3] ?? ""}${at}`,
      target: `https://shop${at % 13}.example/p/${at * 7}`,
      title: titles[at % titles.length] ?? "",
      ...(at % 10 === 0 && { note: "Plan of Q3\nCaf\u00e9" }),
      ...(at % 3 === 0 && { expiresAt: START + (1 + (at % 8)) * HOUR }),
      ...(at % 11 === 0 && at % 3 > 0 && { startsAt: START + (at % 2 === 0 ? 2 : 6) * HOUR }),
      // With an expiry two hours later.
      ...(at % 24 === 15 && { startsAt: START + 6 * HOUR }),
      ...(at % 7 === 0 && { disabled: true }),
      ...(at % 4 < 3 && { tags: ["M\u00fcller", "rare", "both"].slice(at % 5 === 0 ? 0 : 2) }),
      ...(at % 31 === 4 && { tags: ["rare"] }),
    });
    for (let visits = at % 5; visits > 0; visits--) {
      const opened = {
        linkId: link.id,
        at: START + (at % 11),
        userAgent: FIREFOX,
        referrer: "",
        purpose: "",
      };
      world.app.visits.record(opened);
    }
  }
  await world.app.visits.flush();
  await world.app.links.refreshRanks();
  world.clock.advance(4 * HOUR);
}

async function make({ app, people }: World, fields: NewLinkInput) {
  const given = { target: "https://example.com/", ...fields };
  const owner = Number(fields.target?.length ?? 0) % 2 === 0 ? people.alice : people.bob;
  return await app.links.create(as(owner), { ownerId: owner.id }, newLink(given));
}

async function readForwards(read: Reader, query: LinkQuery): Promise<LinkPage[]> {
  const pages = [await read(query)];
  for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) {
    pages.push(await read({ ...query, cursor: next }));
  }
  return pages;
}

/** The codes of all pages from `last` back to the first, in the list's order. */
async function readBackwards(
  read: Reader,
  query: LinkQuery,
  last: LinkPage | undefined,
): Promise<string[]> {
  const codes: string[] = [];
  for (let page = last; page !== undefined; ) {
    codes.unshift(...page.links.map(codeOf));
    page = page.previous === null ? undefined : await read({ ...query, cursor: page.previous });
  }
  return codes;
}

function codeOf({ shortCode }: Pick<ListedLink, "shortCode">): string {
  if (!isStoredCode(shortCode)) throw new Error("A list gives stored codes.");
  return shortCode;
}
