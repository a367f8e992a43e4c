import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../src/app.ts";
import { LiveSettings } from "../src/config/live-settings.ts";
import { openDatabase } from "../src/database/open-database.ts";
import { inputContext, parseNewLink } from "../src/links/input/link-schema.ts";
import { hasContent, kinds, mayHaveFiles } from "../src/links/link.ts";
import { operator } from "../src/policy.ts";
import { backUpSite } from "../src/site-backup/back-up-site.ts";
import { silentLog } from "../src/telemetry/log.ts";
import { everyFile, everyRow } from "../test/site-backup/everything.ts";

/*
 * `npm run drill` fills a data folder, backs it up, restores it into another folder with the command that an operator
 * would use, and compares every row of every table and every byte. Exits with 1 on any difference.
 */

const MAIN = join(import.meta.dir, "../src/main.ts");
const PEOPLE = ["drill-ada", "drill-ben", "drill-cem"];
const LINKS_EACH = 120;
const LARGEST_FILE = 1_000_000;
const VISITS = 5000;

const folder = await mkdtemp(join(tmpdir(), "trunk8-drill-"));
try {
  const differences = await drill(join(folder, "site"), join(folder, "restored"));
  for (const difference of differences) process.stderr.write(`${difference}\n`);
  process.exitCode = differences.length > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function drill(site: string, restored: string): Promise<string[]> {
  const app = await openApp({ live: LiveSettings.fixed({}, site), log: silentLog() });
  await fill(app);
  const { path } = await backUpSite(app, join(folder, "site.zip"));
  const before = { rows: await everyRow(app.database), files: everyFile(join(site, "users")) };
  await app.close();
  await restore(path, restored);
  const database = await openDatabase(databaseIn(restored));
  const after = { rows: await everyRow(database), files: everyFile(join(restored, "users")) };
  await database.close();
  const rows = Object.values(before.rows).reduce((sum, { length }) => sum + length, 0);
  process.stdout.write(`${rows} rows and ${Object.keys(before.files).length} files compared.\n`);
  return [
    ...compare("table", before.rows, after.rows),
    ...compare("file", before.files, after.files),
  ];
}

function databaseIn(dataFolder: string) {
  return { url: "", poolSize: 2, dataFolder, log: silentLog() };
}

async function restore(path: string, dataFolder: string): Promise<void> {
  const command = [process.execPath, MAIN, "restore", path, "--data", dataFolder];
  const program = Bun.spawn(command, { stdout: "inherit", stderr: "inherit" });
  if ((await program.exited) !== 0) throw new Error("The backup was not restored.");
}

function compare<Value>(
  what: string,
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !Bun.deepEquals(before[name], after[name], true))
    .map((name) => `${what} ${name} differs`);
}

async function fill(app: App): Promise<void> {
  const ids: number[] = [];
  for (const username of PEOPLE) {
    const password = Buffer.from(app.random(12)).toString("hex");
    const owner = await app.accounts.users.create(operator, { username, password });
    for (let at = 0; at < LINKS_EACH; at++) ids.push(await addLink(app, owner, at));
  }
  for (let at = 0; at < VISITS; at++) {
    const linkId = ids[at % ids.length] ?? 0;
    const when = app.clock() - at * 60_000;
    app.visits.record({ linkId, at: when, userAgent: "curl/8", referrer: "", purpose: "" });
  }
  await app.visits.flush();
}

async function addLink(
  app: App,
  owner: { readonly id: number; readonly username: string },
  at: number,
): Promise<number> {
  const kind = kinds[at % kinds.length] ?? "redirect";
  const fields = {
    shortCode: `${owner.username}-${at}`,
    kind,
    title: `Link ${at} of ${owner.username}`,
    note: at % 3 === 0 ? "Over\nseveral lines" : "",
    disabled: at % 11 === 0,
    expiresAt: at % 5 === 0 ? `${at + 1}d` : null,
    target: kind === "redirect" ? `https://example.com/${at}` : null,
  };
  const hasFiles = mayHaveFiles({ kind });
  const content = { hasContent: hasContent(kind), hasFiles };
  const input = parseNewLink(fields, inputContext(app, []), content);
  await using received = new AsyncDisposableStack();
  const receive = async (name: string) =>
    received.use(await app.files.blobs.receive(owner, { name, bytes: madeUp(app, at) }, Infinity));
  const paths = hasFiles ? [`${at}.txt`, `folder/${at}.txt`] : [];
  const files = [];
  for (const path of paths) files.push({ path, title: "", file: await receive(`${at}.txt`) });
  const file = hasContent(kind) ? await receive(`${at}.txt`) : null;
  return (await app.links.create(operator, { ownerId: owner.id, files }, input, file)).id;
}

async function* madeUp(app: App, at: number): AsyncGenerator<Uint8Array> {
  const bytes = app.random(65_536);
  for (let left = (at * 7919) % LARGEST_FILE; left > 0; left -= bytes.length) {
    yield bytes.subarray(0, Math.min(left, bytes.length));
  }
}
