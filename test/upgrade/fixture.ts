import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import type { MadeSite } from "../fixtures/maker/site.ts";
import type { Answers } from "./answers.ts";
import type { Tables } from "./tables.ts";

const FOLDER = join(import.meta.dir, "../fixtures");

/** What commit 725086e had and answered once it had saved the visits that waited. */
export interface RecordedSite {
  readonly made: MadeSite;
  readonly tables: Tables;
  readonly answers: Answers;
}

export function fixturePath(name: string): string {
  return join(FOLDER, name);
}

export function readFixture<Content>(name: string): Content {
  return JSON.parse(readFileSync(fixturePath(name), "utf8")) as Content;
}

/** The tables of that version; what counts are the names and columns. */
export function tablesOf725086e(): Tables {
  return readFixture<RecordedSite>("sqlite-site.json").tables;
}

/** Unpacks a `.tar.gz` of the fixtures into a folder. */
export function unpack(name: string, into: string): void {
  mkdirSync(into, { recursive: true });
  const { exitCode, stderr } = Bun.spawnSync(["tar", "-xzf", fixturePath(name), "-C", into]);
  if (exitCode !== 0) throw new Error(`tar failed: ${stderr}`);
}

/** Fills an empty PostgreSQL database from a `.sql.gz` of the fixtures. */
export async function loadDump(name: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(gunzipSync(readFileSync(fixturePath(name))).toString());
  } finally {
    await client.end();
  }
}
