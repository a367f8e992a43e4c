import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Database } from "../../src/database/database.ts";

/** Returns every row of every table as text, sorted. */
export async function everyRow({
  read,
}: Pick<Database, "read">): Promise<Record<string, readonly string[]>> {
  const tables = await read.introspection.getTables({ withInternalKyselyTables: false });
  // A lease is of a running process: that of the backup itself is in its snapshot.
  const names = tables
    .map(({ name }) => name)
    .filter((name) => !name.includes("link_search_") && name !== "lease");
  const rows = names.sort().map(async (name) => {
    const found = await sql`select * from ${sql.table(name)}`.execute(read);
    return [name, found.rows.map((row) => JSON.stringify(row)).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

/** Returns the hash of every file in a folder, by its path from there. */
export function everyFile(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path.slice(folder.length + 1),
      new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex"),
    ]),
  );
}
