import { sql } from "kysely";
import { openData } from "../seed/kept.ts";

/** With which the short codes of links begin that are made while others are opened. */
export const MADE_PREFIX = "made-";

/** What a stopped server left in its database. */
export interface Stored {
  readonly visits: number;
  /** Links whose codes begin so. */
  readonly made: number;
}

export async function readStored(dataFolder: string): Promise<Stored> {
  await using database = await openData(dataFolder);
  const totals = database.read.selectFrom("link_total");
  const { visits } = await totals
    .select((select) => select.fn.sum<number | null>("visits").as("visits"))
    .executeTakeFirstOrThrow();
  const made = database.read
    .selectFrom("link")
    .where(sql<boolean>`short_code glob ${`${MADE_PREFIX}*`}`);
  const { links } = await made
    .select((select) => select.fn.countAll<number>().as("links"))
    .executeTakeFirstOrThrow();
  return { visits: Number(visits ?? 0), made: Number(links) };
}

/** Visits that were answered by one server, and what became of them in its database. */
export interface Counting {
  readonly server: string;
  /** Openings whose answers arrived. */
  readonly answered: number;
  /** Openings that may have been answered though nobody counted the answer: those under way when wrk stopped. */
  readonly underWay: number;
  readonly counted: number;
}

/** How many visits are missing or too many, beyond those under way. */
export function miscounted({ answered, underWay, counted }: Counting): number {
  return Math.max(answered - counted, counted - answered - underWay, 0);
}
