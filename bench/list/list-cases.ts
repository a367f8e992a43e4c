import { linkStatuses } from "../../src/links/link.ts";
import { type LinkQuery, linkSorts } from "../../src/links/list/list-query.ts";
import type { Dice } from "../seed/dice.ts";
import { type Owners, pick, titleWords } from "../seed/list-links.ts";

/** A list query, and the names under which its time is reported. */
export interface Case {
  readonly labels: readonly string[];
  ask(dice: Dice): LinkQuery;
}

type Asking = (dice: Dice) => Partial<LinkQuery>;

const PAGE_SIZE = 50;

const letters = "23456789abcdefghjkmnpqrstuvwxyz".split("");
const number = (dice: Dice, most: number) => String(Math.floor(dice() * most));

const texts: Readonly<Record<string, Asking>> = {
  "no search": () => ({}),
  "a word in all links": () => ({ text: "https" }),
  "a long word in all links": () => ({ text: ".example/products/" }),
  "a word in 6 of 100": (dice) => ({ text: pick(titleWords, dice) }),
  "a word in 3 of 100": (dice) => ({ text: `campaign=${pick(titleWords, dice)}` }),
  "a word in 1 of 100": (dice) => ({ text: `shop${10 + Math.floor(dice() * 80)}` }),
  "a word in 1 of 1000": (dice) => ({ text: `shop${number(dice, 997)}.` }),
  "a word in one link": (dice) => ({ text: `products/${number(dice, 1_000_000)}?` }),
  "a whole URL": (dice) => ({
    text: `https://www.shop${number(dice, 997)}.example/products/${number(dice, 1_000_000)}`,
  }),
  "a word in no link": () => ({ text: "zzzqqq" }),
  "common letters, in no link": () => ({ text: "example.shop" }),
  "two words": (dice) => ({ text: `${pick(titleWords, dice)} ${pick(titleWords, dice)}` }),
  "one letter": (dice) => ({ text: pick(letters, dice) }),
  "two letters": (dice) => ({ text: pick(letters, dice) + pick(letters, dice) }),
  "a letter and a word": (dice) => ({ text: `${pick(letters, dice)} example` }),
};

const tagged: Readonly<Record<string, Asking>> = {
  "a tag of 1 in 10,000": () => ({ tags: ["rare"] }),
  "a tag of 1 in 10": () => ({ tags: ["common"] }),
  "a tag of 6 in 10": () => ({ tags: ["frequent"] }),
  "all of two tags": () => ({ tags: ["common", "frequent"], tagMode: "all" }),
  "any of two tags": () => ({ tags: ["rare", "common"], tagMode: "any" }),
  "none of two tags": () => ({ tags: ["rare", "frequent"], tagMode: "none" }),
};

/** With tags, which the largest owner has: some combinations. */
export function taggedCases(owners: Owners): Case[] {
  const scopes = scopesOf(owners);
  const cases: Case[] = [];
  for (const scope of ["everybody's", "of the largest owner"])
    for (const [tag, withTag] of Object.entries(tagged))
      for (const text of ["no search", "a word in all links", "a word in 6 of 100"])
        for (const status of [undefined, "live"] as const)
          for (const order of orders)
            cases.push({
              labels: [`${tag}; ${text}`, scope, status ?? "any status", orderLabel(order)],
              ask: (dice) => ({
                ...scopes[scope]?.(dice),
                ...withTag(dice),
                ...texts[text]?.(dice),
                ...(status !== undefined && { status }),
                ...order,
                limit: PAGE_SIZE,
              }),
            });
  return cases;
}

function scopesOf(owners: Owners): Readonly<Record<string, Asking>> {
  return {
    "everybody's": () => ({}),
    "of the largest owner": () => ({ ownerId: owners.large }),
    "of a medium owner": (dice) => ({ ownerId: pick(owners.middle, dice) }),
    "of a small owner": (dice) => ({ ownerId: pick(owners.small, dice) }),
  };
}

/** All combinations. */
export function listCases(owners: Owners): Case[] {
  const scopes = scopesOf(owners);
  const cases: Case[] = [];
  for (const [scope, owned] of Object.entries(scopes)) {
    for (const [text, searched] of Object.entries(texts)) {
      for (const status of [undefined, ...linkStatuses]) {
        for (const order of orders) {
          cases.push({
            labels: [scope, text, status ?? "any status", orderLabel(order)],
            ask: (dice) => ({
              ...owned(dice),
              ...searched(dice),
              ...(status !== undefined && { status }),
              ...order,
              limit: PAGE_SIZE,
            }),
          });
        }
      }
    }
  }
  return cases;
}

const orders = linkSorts.flatMap((sort) =>
  (["asc", "desc"] as const).map((direction) => ({ sort, direction })),
);

function orderLabel({ sort, direction }: (typeof orders)[number]): string {
  return `by ${sort}, ${direction}`;
}
