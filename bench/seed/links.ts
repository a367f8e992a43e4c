import { isReserved, type ShortCode } from "../../src/links/short-code.ts";
import type { Target } from "../../src/links/target.ts";
import { fillLinks, type SeededLink } from "./fill.ts";
import { keepSeed, openData, type Seed } from "./kept.ts";
import { insertUser } from "./users.ts";

/** Above this many, links are not searchable: their indexes would take hours and tens of GB. */
const MOST_SEARCHABLE = 1_000_000;

/** No two codes differ in case only: nginx's map would take them for one. */
const LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";
const LENGTH = 7;
const CODES = LETTERS.length ** LENGTH;

/** No multiple of 31, so that each link has a code of its own; times 10 million it is still exact. */
const STRIDE = 612_345_677;

const unused = { title: "", expiresAt: null, disabled: false, visits: 0, lastVisitAt: null };

/** Redirects of the administrator's, the same in every run: each can be told without a list of them. */
export interface LinkSeed extends Seed {
  readonly count: number;
  readonly searchable: boolean;
}

export async function seedLinks(count: number): Promise<LinkSeed> {
  const searchable = count <= MOST_SEARCHABLE;
  const seed = await keepSeed({
    name: `links-${count}`,
    bytes: count * (searchable ? 1000 : 300),
    make: async (dataFolder) => {
      const ownerId = await insertAdministrator(dataFolder);
      fillLinks(dataFolder, usedLinks(count, ownerId), { searchable });
    },
  });
  return { ...seed, count, searchable };
}

/** The `at`-th link of every seed. */
export function linkAt(at: number): SeededLink {
  const url = `https://www.shop${at % 997}.example/products/${at}?utm_source=newsletter&utm_campaign=autumn`;
  return { shortCode: codeAt(at), target: url as Target };
}

export function* linksUpTo(count: number): Generator<SeededLink> {
  for (let at = 0; at < count; at++) yield linkAt(at);
}

function* usedLinks(count: number, ownerId: number) {
  for (const link of linksUpTo(count)) yield { ...link, ...unused, ownerId };
}

function codeAt(at: number): ShortCode {
  let number = (at * STRIDE) % CODES;
  let code = "";
  for (let place = 0; place < LENGTH; place++) {
    code += LETTERS[number % LETTERS.length];
    number = Math.floor(number / LETTERS.length);
  }
  if (isReserved(code)) throw new Error(`${code} is reserved: choose another stride.`);
  return code as ShortCode;
}

async function insertAdministrator(dataFolder: string): Promise<number> {
  await using database = await openData(dataFolder);
  return await insertUser(database, { username: "admin", role: "administrator" });
}
