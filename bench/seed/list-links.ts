import { Database as Connection } from "bun:sqlite";
import { join } from "node:path";
import type { Database } from "../../src/database/database.ts";
import { makeShortCode, type ShortCode } from "../../src/links/short-code.ts";
import type { Target } from "../../src/links/target/target.ts";
import { type Dice, randomFrom, seededDice } from "./dice.ts";
import { fillLinks, type UsedLink } from "./fill.ts";
import { keepSeed, openData, type Seed, takeCopy } from "./keep-seed.ts";
import { insertUser } from "./users.ts";

export const titleWords =
  `autumn winter spring summer report invoice meeting notes budget team launch press kit photo album recipe travel guide
  paper survey form sign event ticket map plan draft final review video slides minutes archive`.split(
    /\s+/,
  );

/** Owners by how many of a million links they have: 600,000, about 7,500 each of 40, and about 100 each of 1000. */
export interface Owners {
  readonly large: number;
  readonly middle: readonly number[];
  readonly small: readonly number[];
}

const YEAR_MS = 365 * 86_400_000;

/** Links like those of a site after years of use: skewed visits, 3 % expired, 2 % disabled, half with a title. */
export async function seedListLinks(
  dataFolder: string,
  count: number,
): Promise<Seed & { owners: Owners }> {
  const seed = await keepSeed({
    name: `list-tags-${count}`,
    bytes: count * 1200,
    make: async (folder) => {
      const owners = await insertOwners(folder);
      fillLinks(folder, listLinks(owners, count, Date.now()), { searchable: true });
      fillTags(folder, owners.large);
    },
  });
  takeCopy(seed, dataFolder);
  return { ...seed, owners: await readOwners(dataFolder) };
}

/** Tags of the largest owner: of one link in so many. */
export const seededTags = { rare: 10_000, common: 10, frequent: 1.6 } as const;

function fillTags(dataFolder: string, ownerId: number): void {
  using database = new Connection(join(dataFolder, "trunk8.db"));
  const dice = seededDice(4);
  const links = database.query("select id from link where owner_id = ?").values(ownerId);
  database.transaction(() => {
    for (const [name, oneIn] of Object.entries(seededTags)) {
      const tag = database
        .query("insert into tag (owner_id, folded, name) values (?, ?, ?) returning id")
        .values(ownerId, name, name)[0]?.[0] as number;
      const insert = database.query("insert into link_tag (link_id, tag_id) values (?, ?)");
      for (const [id] of links) if (dice() < 1 / oneIn) insert.run(id as number, tag);
    }
  })();
}

async function insertOwners(dataFolder: string): Promise<Owners> {
  await using database = await openData(dataFolder);
  const make = async (name: string, count: number) => {
    const ids: number[] = [];
    for (let at = 0; at < count; at++) {
      ids.push(await insertUser(database, { username: `${name}${at}`, role: "user" }));
    }
    return ids;
  };
  const [large = 0] = await make("large", 1);
  return { large, middle: await make("middle", 40), small: await make("small", 1000) };
}

/** The owners that `insertOwners` created. */
async function readOwners(dataFolder: string): Promise<Owners> {
  await using database = await openData(dataFolder);
  const idsOf = (name: string) => readUserIds(database, name);
  const [large = 0] = await idsOf("large");
  return { large, middle: await idsOf("middle"), small: await idsOf("small") };
}

async function readUserIds(database: Database, name: string): Promise<number[]> {
  const users = database.read.selectFrom("user").where("username", "like", `${name}%`);
  return (await users.select("id").orderBy("id").execute()).map(({ id }) => id);
}

function* listLinks(owners: Owners, count: number, now: number): Generator<UsedLink> {
  const dice = seededDice(2);
  const codes = new Set<ShortCode>();
  for (let at = 0; at < count; at++) yield makeLink({ at, codes, dice, owners, now });
}

interface LinkOrder {
  readonly at: number;
  readonly codes: Set<ShortCode>;
  readonly dice: Dice;
  readonly owners: Owners;
  readonly now: number;
}

function makeLink({ at, codes, dice, owners, now }: LinkOrder): UsedLink {
  const visits = Math.floor(1 / (1 - dice())) - 1;
  return {
    shortCode: freeCode(codes, dice),
    target:
      `https://www.shop${at % 997}.example/products/${at}?utm_campaign=${pick(titleWords, dice)}` as Target,
    ownerId: ownerOf(owners, dice),
    title: dice() < 0.5 ? "" : `${pick(titleWords, dice)} ${pick(titleWords, dice)} ${at % 9973}`,
    expiresAt: expiryOf(dice, now),
    disabled: dice() < 0.02,
    visits,
    lastVisitAt: visits === 0 ? null : now - Math.floor(dice() * YEAR_MS),
  };
}

function freeCode(codes: Set<ShortCode>, dice: Dice): ShortCode {
  const code = makeShortCode(randomFrom(dice));
  if (codes.has(code)) return freeCode(codes, dice);
  codes.add(code);
  return code;
}

function ownerOf({ large, middle, small }: Owners, dice: Dice): number {
  const share = dice();
  if (share < 0.6) return large;
  return share < 0.9 ? pick(middle, dice) : pick(small, dice);
}

function expiryOf(dice: Dice, now: number): number | null {
  const share = dice();
  if (share < 0.03) return now - Math.floor(dice() * 30 * 86_400_000);
  return share < 0.1 ? now + Math.floor(dice() * YEAR_MS) : null;
}

export function pick<Item>(items: readonly Item[], dice: Dice): Item {
  const item = items[Math.floor(dice() * items.length)];
  if (item === undefined) throw new Error("Cannot pick from an empty list.");
  return item;
}
