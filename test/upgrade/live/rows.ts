import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import pg from "pg";
import type { RunningSiteOptions } from "./running-site.ts";

export interface Row {
  readonly target: string;
  readonly visits: number;
}

type Where = Pick<RunningSiteOptions, "dataFolder" | "databaseUrl">;

const ROWS = `select short_code as code, target,
    coalesce((select visits from link_total where link_id = link.id), 0) as visits
  from link`;

/** Destinations and visits of all links, by short code. */
export async function readRows(where: Where): Promise<ReadonlyMap<string, Row>> {
  const rows = where.databaseUrl === "" ? readSqlite(where) : await readPostgres(where);
  return new Map(
    rows.map(({ code, target, visits }) => [code, { target, visits: Number(visits) }]),
  );
}

type Read = Row & { readonly code: string };

function readSqlite({ dataFolder }: Where): Read[] {
  using database = new Sqlite(join(dataFolder, "trunk8.db"), { readonly: true });
  return database.query<Read, []>(ROWS).all();
}

async function readPostgres({ databaseUrl }: Where): Promise<Read[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Read>(ROWS)).rows;
  } finally {
    await client.end();
  }
}

export function visitsIn(rows: ReadonlyMap<string, Row>): number {
  return [...rows.values()].reduce((total, { visits }) => total + visits, 0);
}
