import { sql } from "kysely";
import { openData } from "./seed.ts";

/** What a stopped server left in its database. */
export interface Stored {
  readonly visits: number;
  /** Links that creates.ts made, told by where they lead. */
  readonly made: number;
}

export async function readStored(dataFolder: string): Promise<Stored> {
  await using database = await openData(dataFolder);
  const totals = database.read.selectFrom("link_total");
  const { visits } = await totals
    .select((select) => select.fn.sum<number | null>("visits").as("visits"))
    .executeTakeFirstOrThrow();
  const made = database.read.selectFrom("link").where(sql<boolean>`target like '%/made/%'`);
  const { links } = await made
    .select((select) => select.fn.countAll<number>().as("links"))
    .executeTakeFirstOrThrow();
  return { visits: Number(visits ?? 0), made: Number(links) };
}

/** Visits that were answered, and what became of them in the database. */
export interface Counting {
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
