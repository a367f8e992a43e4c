import fc from "fast-check";
import { type Link, linkStatuses, statusOf } from "../../../src/links/link.ts";
import {
  type LinkQuery,
  linkSorts,
  orderOf,
  tagModes,
} from "../../../src/links/list/list-query.ts";
import type { ListedLink } from "../../../src/links/rows/link-columns.ts";

/** What a list says, said again in the plainest way: every link is looked at, and all are sorted. */
export function listPlainly(
  links: readonly ListedLink[],
  query: LinkQuery,
  now: number,
): ListedLink[] {
  const { sort, direction } = orderOf(query);
  const sign = direction === "asc" ? 1 : -1;
  return links
    .filter((link) => isWanted(link, query, now))
    .toSorted((a, b) => {
      const [first, second] = [keyOf(a, sort), keyOf(b, sort)];
      if ((first === null) !== (second === null)) return first === null ? 1 : -1;
      return sign * (compare(first, second) || a.id - b.id);
    });
}

function isWanted(link: ListedLink, query: LinkQuery, now: number): boolean {
  const { ownerId = link.ownerId, kind = link.kind, status, text = "" } = query;
  if (link.ownerId !== ownerId || link.kind !== kind) return false;
  if (status !== undefined && statusOf(link, now) !== status) return false;
  if (!hasTags(link, query)) return false;
  return text.split(" ").every((word) => matches(link, foldPlainly(word)));
}

function hasTags({ tags }: Link, { tags: wanted = [], tagMode = "all" }: LinkQuery): boolean {
  if (wanted.length === 0) return true;
  const has = (name: string) => tags.some((tag) => foldPlainly(tag) === foldPlainly(name));
  switch (tagMode) {
    case "all":
      return wanted.every(has);
    case "any":
      return wanted.some(has);
    case "none":
      return !wanted.some(has);
  }
}

function matches({ shortCode, target, title, note }: Link, word: string): boolean {
  return [shortCode, target, title, note].some((text) => foldPlainly(text).includes(word));
}

/** Enough for the letters of these links. */
function foldPlainly(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .normalize("NFC");
}

function keyOf(link: ListedLink, sort: (typeof linkSorts)[number]): number | string | null {
  switch (sort) {
    case "created":
      return link.id;
    case "code":
      return link.shortCode.toLowerCase();
    case "visits":
      return link.visits;
    case "expiry":
      return link.expiresAt;
    case "last_visit":
      return link.lastVisitAt;
  }
}

function compare(a: number | string | null, b: number | string | null): number {
  if (typeof a === "string" && typeof b === "string")
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

/** Words that stand in many, in some and in none of the links of `list.test.ts`, and pieces of them. */
const words = [
  "https",
  "EXAMPLE",
  "shop1",
  "p/12",
  "umn rep",
  "autumn",
  "a",
  "B",
  "aB",
  "m\u00fcller",
  "\u00c4rger",
];
words.push(
  "\u6f22\u5b57",
  "\u{1f680}\u{1f680}\u{1f680}",
  "title 1",
  "nothing-like-it",
  "_",
  "-",
  "7",
  "42",
  "ar",
  "re",
  "ub",
  "\u6f22",
  "\u{1f680}",
  "Mu",
  "q3",
  "\u00f6",
);

export function anyQuery(ownerIds: readonly number[]): fc.Arbitrary<LinkQuery> {
  return fc.record(
    {
      ownerId: fc.constantFrom(...ownerIds),
      text: fc.array(fc.constantFrom(...words), { maxLength: 2 }).map((some) => some.join(" ")),
      kind: fc.constant("redirect" as const),
      status: fc.constantFrom(...linkStatuses),
      tags: fc.array(fc.constantFrom("muller", "RARE", "both", "no such tag"), { maxLength: 2 }),
      tagMode: fc.constantFrom(...tagModes),
      sort: fc.constantFrom(...linkSorts),
      direction: fc.constantFrom("asc" as const, "desc" as const),
      limit: fc.constantFrom(7, 10, 50),
    },
    { requiredKeys: ["limit"] },
  );
}
