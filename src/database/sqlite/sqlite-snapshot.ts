import { Database as Connection } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../problem.ts";
import { IN_USE, type Snapshot, type SnapshotBlob } from "../snapshots/snapshot.ts";
import { text } from "../text.en.ts";
import { ThreadClient } from "./thread-client.ts";

/** The one file of a snapshot, by the name that it has in a data folder. */
const FILE = "trunk8.db";

const BUSY_TIMEOUT_MS = 5000;
const CACHE_KIB = 2048;
const PAGE = 1000;

/** Copies the database into `folder` in a separate thread, without blocking readers or writers. */
export async function takeSnapshot(file: string, folder: string): Promise<Snapshot> {
  const copy = join(folder, FILE);
  const thread = new ThreadClient({
    file,
    busyTimeoutMs: BUSY_TIMEOUT_MS,
    cacheKib: CACHE_KIB,
    mappedMib: 0,
    writing: null,
  });
  try {
    // It changes nothing in this file, and yet is refused where nothing may be written.
    await thread.run("PRAGMA query_only = OFF");
    await thread.run("VACUUM INTO ?", [copy]);
  } finally {
    await thread.close();
  }
  return { files: [FILE], blobs: () => blobsIn(copy) };
}

async function* blobsIn(copy: string): AsyncGenerator<readonly SnapshotBlob[]> {
  const db = new Connection(copy, { readonly: true });
  try {
    const states = IN_USE.map(() => "?").join(", ");
    const page = db.query<SnapshotBlob & { id: number }, (string | number)[]>(
      `select id, path, size, sha256 from blob where state in (${states}) and id > ? order by id limit ${PAGE}`,
    );
    for (let last = 0; ; ) {
      const rows = page.all(...IN_USE, last);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)?.id ?? last;
    }
  } finally {
    db.close();
  }
}

/**
 * Makes sure that a database file is whole.
 * @throws Problem `invalid` where it is not
 */
export function requireWhole(file: string): void {
  const db = new Connection(file, { readonly: true });
  try {
    const { integrity_check: verdict } = db.query("PRAGMA integrity_check(1)").get() as {
      integrity_check: string;
    };
    if (verdict !== "ok") throw new Problem("invalid", text.damaged(verdict));
  } finally {
    db.close();
  }
}

/**
 * Makes a database one file, so that another can take its place; none is one, too.
 * @throws Problem `busy` while some process has it open
 */
export function settleFile(file: string): void {
  if (!existsSync(file)) return;
  const db = new Connection(file);
  try {
    db.run("PRAGMA journal_mode = DELETE");
  } catch (cause) {
    throw new Problem("busy", text.folderInUse, { cause });
  } finally {
    db.close();
  }
}
