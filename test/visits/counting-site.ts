import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import type { Visits } from "../../src/visits/visits.ts";
import { pointLink } from "../database/point.ts";
import { openPostgres } from "../postgres.ts";
import type { DatabaseKind } from "../world.ts";
import { type CountingOptions, openVisits } from "./opening.ts";

/** A database with a few links and a folder of journals: as much as counting takes. */
export interface CountingSite {
  readonly database: Database;
  readonly url: string;
  readonly dataFolder: string;
  /** Of the links, in the order of their codes `a`, `b` and `c`. */
  readonly linkIds: readonly number[];
  /** Names of the journals' files. */
  files(): string[];
  /** One more process's counting; `close` it. */
  open(options?: Partial<CountingOptions>): Visits;
  close(): Promise<void>;
}

export async function openCountingSite(kind: DatabaseKind): Promise<CountingSite> {
  const server = kind === "postgres" ? await (await openPostgres()).freshDatabase() : null;
  const dataFolder = mkdtempSync(join(tmpdir(), "trunk8-counting-"));
  const url = server?.url ?? "";
  const database = await openDatabase({ url, poolSize: 4, dataFolder, log: silentLog() });
  const folder = join(dataFolder, "run/visits");
  return {
    database,
    url,
    dataFolder,
    linkIds: await makeLinks(database),
    files: () => listFiles(folder),
    open: (options) => openVisits({ database, folder, ...options }),
    close: async () => {
      await database.close();
      await server?.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** How often links were opened, by each of the three ways that it is kept; and how many journals are known. */
export async function countVisits({ database }: Pick<CountingSite, "database">) {
  const { read } = database;
  const sum = (table: "link_total" | "link_quarter") =>
    read.selectFrom(table).select((of) => of.fn.sum<number | null>("visits").as("count"));
  const count = (table: "visit" | "visit_journal") =>
    read.selectFrom(table).select((of) => of.fn.countAll<number>().as("count"));
  const numbers: number[] = [];
  for (const query of [
    sum("link_total"),
    sum("link_quarter"),
    count("visit"),
    count("visit_journal"),
  ]) {
    const { rows } = await read.executeQuery<{ count: number | null }>(query.compile());
    numbers.push(Number(rows[0]?.count ?? 0));
  }
  const [totals = 0, quarters = 0, single = 0, journals = 0] = numbers;
  return { totals, quarters, single, journals };
}

async function makeLinks(database: Database): Promise<number[]> {
  await database.write((trx) =>
    trx
      .insertInto("user")
      .values({ username: "owner", display_name: "", role: "user", disabled: 0, created_at: 0 })
      .execute(),
  );
  for (const code of ["a", "b", "c"]) await pointLink(database, code, "https://example.com/");
  const rows = await database.read.selectFrom("link").select("id").orderBy("short_code").execute();
  return rows.map(({ id }) => id);
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
