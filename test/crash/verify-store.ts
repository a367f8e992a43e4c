import { Database as Sqlite } from "bun:sqlite";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openApp } from "../../src/app.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { silentLog } from "../../src/telemetry/log.ts";

/** An upload that was started. */
export interface RequestedUpload {
  readonly code: string;
  readonly sha256: string;
  isAcknowledged: boolean;
}

/** The uploads after all kills, and what is wrong with them. */
export interface Findings {
  readonly acknowledged: number;
  /** Uploads without acknowledgement that are stored anyway; `absent`: those that are not. */
  readonly whole: number;
  readonly absent: number;
  readonly faults: readonly string[];
}

/**
 * Opens the link of every upload, then stops the server and verifies its database and files.
 */
export async function verifyUploads(
  origin: string,
  dataFolder: string,
  asked: readonly RequestedUpload[],
  stop: () => Promise<void>,
): Promise<Findings> {
  const faults: string[] = [];
  const counts = { acknowledged: 0, whole: 0, absent: 0 };
  for (const one of asked) {
    const state = await checkLink(origin, one);
    if (state === "broken") faults.push(`${one.code} is ${state}.`);
    else if (one.isAcknowledged) {
      counts.acknowledged++;
      if (state === "absent") faults.push(`${one.code} was acknowledged and is ${state}.`);
    } else counts[state]++;
  }
  await stop();
  return {
    ...counts,
    faults: [...faults, ...checkDatabase(dataFolder), ...(await checkFiles(dataFolder))],
  };
}

async function checkLink(
  origin: string,
  { code, sha256 }: RequestedUpload,
): Promise<"whole" | "absent" | "broken"> {
  const answer = await fetch(`${origin}/${code}`);
  const bytes = await answer.bytes();
  if (answer.status === 404) return "absent";
  const isSame = new Bun.CryptoHasher("sha256").update(bytes).digest("hex") === sha256;
  return answer.status === 200 && isSame ? "whole" : "broken";
}

/** Invariants, each as a query that returns a row for every violation. */
const VIOLATIONS = [
  `select 'usage' what, bytes from blob_usage u where bytes <>
     (select coalesce(sum(size), 0) from blob b where b.owner_id = u.owner_id and state = 'used')`,
  `select 'uses' what, uses from blob b where state = 'used' and uses <>
     (select count(*) from link l where l.blob_id = b.id)`,
  `select 'link' what, l.id from link l left join blob b on b.id = l.blob_id
     where l.kind = 'file' and coalesce(b.state, '') <> 'used'`,
  "select 'integrity' what, * from pragma_integrity_check where integrity_check <> 'ok'",
  "select 'keys' what, * from pragma_foreign_key_check",
];

function checkDatabase(dataFolder: string): string[] {
  using database = new Sqlite(join(dataFolder, "trunk8.db"));
  const rows = VIOLATIONS.flatMap((query) => database.query(query).all());
  return rows.map((row) => `Inconsistent database: ${JSON.stringify(row)}.`);
}

const HOUR_MS = 3_600_000;

/** Hours later, after the cleanup of unused reservations, exactly the files of used blobs are left. */
async function checkFiles(dataFolder: string): Promise<string[]> {
  const strays: string[] = [];
  for (const hours of [2, 4]) {
    const live = LiveSettings.fixed({}, dataFolder);
    const clock = () => Date.now() + hours * HOUR_MS;
    const app = await openApp({ live, log: silentLog(), clock });
    strays.push(...(await Array.fromAsync(app.files.blobs.findStrays())));
    while ((await app.files.blobs.sweep(1000)) > 0);
    await app.close();
  }
  const stored = storedFiles(dataFolder);
  const used = usedFiles(dataFolder);
  const wrong = [...new Set([...stored, ...used])].filter(
    (file) => !(stored.has(file) && used.has(file)),
  );
  return [
    ...strays.map((path) => `${path} belongs to no blob.`),
    ...wrong.map((file) => `Disk and database differ in ${file}.`),
  ];
}

/** Returns paths with sizes. */
function storedFiles(dataFolder: string): Set<string> {
  const assets = join(dataFolder, "users/admin/assets");
  const names = readdirSync(assets).filter((name) => name !== ".uploads");
  return new Set(names.map((name) => `admin/assets/${name}, ${statSync(join(assets, name)).size}`));
}

function usedFiles(dataFolder: string): Set<string> {
  using database = new Sqlite(join(dataFolder, "trunk8.db"), { readonly: true });
  const query = database.query<{ path: string; size: number }, []>("select path, size from blob");
  return new Set(query.all().map(({ path, size }) => `${path}, ${size}`));
}
