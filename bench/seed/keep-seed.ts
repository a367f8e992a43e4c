import { Database as Connection } from "bun:sqlite";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
} from "node:fs";
import { join } from "node:path";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { Unready } from "../machine/child.ts";

/** Data folders that take long to create are kept here; git ignores them. */
const seedsFolder = join(import.meta.dir, "../.seeds");

const MADE = "made";

export interface Seed {
  readonly folder: string;
  /** What it took to create, in this run or an earlier one. */
  readonly seconds: number;
  readonly bytes: number;
}

export interface SeedOrder {
  readonly name: string;
  /** Approximate size on disk. */
  readonly bytes: number;
  /** Fills a data folder whose database has empty tables. */
  make(dataFolder: string): Promise<void>;
}

/** Returns the data folder of that name, created if there is none with the current schema. Use a `takeCopy` of it. */
export async function keepSeed({ name, bytes, make }: SeedOrder): Promise<Seed> {
  const folder = join(seedsFolder, `${name}-${await hashSchema()}`);
  if (!existsSync(join(folder, MADE))) {
    removeOlder(name);
    requireSpace(name, bytes);
    process.stderr.write(`Creating the seed ${name} in bench/.seeds.\n`);
    const part = `${folder}.part`;
    const seconds = await time(async () => {
      await makeTables(part);
      await make(part);
    });
    await Bun.write(join(part, MADE), String(seconds));
    renameSync(part, folder);
  }
  const seconds = Number(await Bun.file(join(folder, MADE)).text());
  return { folder, seconds, bytes: Bun.file(join(folder, "trunk8.db")).size };
}

/** A copy to run a server on; the seed itself never changes. */
export function takeCopy({ folder }: Seed, dataFolder: string): void {
  requireSpace(folder, Bun.file(join(folder, "trunk8.db")).size);
  cpSync(folder, dataFolder, { recursive: true });
}

/** Opens a data folder that no server uses. */
export async function openData(dataFolder: string): Promise<Database & AsyncDisposable> {
  const log = silentLog();
  const database = await openDatabase({ url: "", poolSize: 2, dataFolder, log });
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

/** Hash of the current schema: another schema needs another seed. */
async function hashSchema(): Promise<string> {
  const folder = join(seedsFolder, "schema.part");
  await makeTables(folder);
  using database = new Connection(join(folder, "trunk8.db"));
  const rows = database.query("select sql from sqlite_master order by type, name").values();
  rmSync(folder, { recursive: true });
  return Bun.hash(JSON.stringify(rows)).toString(36).slice(0, 8);
}

async function makeTables(dataFolder: string): Promise<void> {
  rmSync(dataFolder, { recursive: true, force: true });
  mkdirSync(dataFolder, { recursive: true });
  await using _database = await openData(dataFolder);
}

/** Removes seeds of that name with another schema, and the remains of interrupted runs. */
function removeOlder(name: string): void {
  for (const file of readdirSync(seedsFolder)) {
    if (file.slice(0, file.lastIndexOf("-")) !== name) continue;
    rmSync(join(seedsFolder, file), { recursive: true });
  }
}

/** Twice the size: a seed is copied before a server runs on it. */
function requireSpace(name: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(seedsFolder);
  const [free, wanted] = [bavail * bsize, 2 * bytes + 1e9];
  if (free >= wanted) return;
  const [has, needs] = [free, wanted].map((size) => (size / 1e9).toFixed(1));
  throw new Unready(`${name} temporarily needs ${needs} GB of disk; ${has} GB are free.`);
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
