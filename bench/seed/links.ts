import { isReserved, type ShortCode } from "../../src/links/short-code.ts";
import type { Target } from "../../src/links/target/target.ts";
import { fillLinks, type SeededLink } from "./fill.ts";
import { keepSeed, openData, type Seed } from "./keep-seed.ts";
import { insertUser } from "./users.ts";

/** With more links than this, none is searchable: the indexes would take hours and tens of GB. */
const MOST_SEARCHABLE = 1_000_000;

/** No two codes differ only in case: nginx's map ignores it. */
const LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";
const LENGTH = 7;
const CODES = LETTERS.length ** LENGTH;

/** Not a multiple of 31, so that all codes differ; times 10 million it is still an exact number. */
const STRIDE = 612_345_677;

const unused = { title: "", expiresAt: null, disabled: false, visits: 0, lastVisitAt: null };

/** Redirects of the administrator, computed from their number, so that every run has the same ones. */
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
