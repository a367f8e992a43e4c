import { sql } from "kysely";
import { openData } from "../seed/keep-seed.ts";

/** Prefix of the short codes that are created during a load. */
export const MADE_PREFIX = "made-";

/** Counts in the database of a stopped server. */
export interface Stored {
  readonly visits: number;
  /** Links with that prefix. */
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

/** Visits answered by one server, and visits in its database. */
export interface Counting {
  readonly server: string;
  /** Requests whose response arrived. */
  readonly answered: number;
  /** Requests that may have been answered without being counted by wrk: those in flight when it stopped. */
  readonly underWay: number;
  readonly counted: number;
}

/** Number of visits missing or too many, beyond those in flight. */
export function miscounted({ answered, underWay, counted }: Counting): number {
  return Math.max(answered - counted, counted - answered - underWay, 0);
}
