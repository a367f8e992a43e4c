import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { importPython } from "../../src/import/python/import-python.ts";
import { openOldFolder } from "../../src/import/python/old-folder.ts";
import { operator } from "../../src/policy.ts";
import { planRestore } from "../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../src/user-backup/restore-user.ts";
import { PASSWORD } from "../world.ts";
import { type Account, accountsOf } from "./accounts.ts";
import { type Answers, askAll } from "./answers.ts";
import { tablesOf725086e, unpack } from "./fixture.ts";
import { openSite, type Site } from "./site.ts";
import { kindsOf, readTables } from "./tables.ts";

/** A quarter of an hour after the Python program was asked, before the first of its links expires. */
const ASKED = Date.UTC(2026, 10, 30, 8, 55);

/** What the Python program answered at a short code. */
export interface PythonAnswer {
  readonly owner: string;
  readonly kind: "redirect" | "file" | "markdown" | "html" | "video";
  readonly status: number;
  readonly location: string | null;
  readonly content_type: string;
  readonly content_disposition: string | null;
  /** Of its HTML pages the original counted 221 bytes of its own, too. */
  readonly size: number | null;
  readonly sha256: string | null;
  readonly expires: string | null;
}

export interface PythonUser {
  readonly name: string;
  /** The user name here, where the original's is not allowed or differs from another in case alone. */
  readonly renamed?: string;
  readonly password: string;
}

const ADMIN_PASSWORD = "Orig adm1n pass";

/** The users and passwords in the fixture's README. */
export const pythonUsers: readonly PythonUser[] = [
  { name: "admin", password: ADMIN_PASSWORD },
  { name: "alice", password: "alice pass w\u00f6rd" },
  { name: "bob", password: "bobpass" },
  { name: "j\u00f6rg", renamed: "jorg", password: "1234" },
  { name: "carol_x-1", password: "  spaced pw  " },
  { name: "Eve", password: "upper-eve" },
  { name: "eve", renamed: "eve-2", password: "lower-eve" },
  { name: "\u540d\u524d\u30e6\u30fc\u30b6", renamed: "user", password: "kanji-pass" },
  { name: "x".repeat(60), renamed: "x".repeat(50), password: "longname-pass" },
];

/** What commit 725086e made of the Python program's data. */
export interface RecordedImport {
  readonly accounts: Readonly<Record<string, Account>>;
  readonly answers: Answers;
  /** Without its first lines, which name the time and the folders. */
  readonly report: string;
}

/** An empty site in the time zone that the Python program ran in. */
export async function openPythonSite(dataFolder: string, databaseUrl = ""): Promise<Site> {
  mkdirSync(dataFolder, { recursive: true });
  return await openSite({
    dataFolder,
    databaseUrl,
    now: ASKED,
    env: {
      TRUNK8_ADMIN_PASSWORD: ADMIN_PASSWORD,
      TRUNK8_APP_TIMEZONE: "America/New_York",
    },
  });
}

/** Imports the Python program's data folder and returns the report. */
export async function importFolder(site: Site, folder: string): Promise<string> {
  unpack("python-trunk8/data.tar.gz", folder);
  const { dataFolder } = site.app.live;
  const old = await openOldFolder(join(folder, "data"), dataFolder);
  const { reportPath } = await importPython(site.app, old, { isDryRun: false, dataFolder });
  const lines = readFileSync(reportPath ?? "", "utf8").split("\n");
  return lines.slice(lines.indexOf("") + 1).join("\n");
}

/** The facts of a report, without its words: numbers, and the place and short code of each line. */
export function factsOf(report: string): string[] {
  return report.split("\n").flatMap((line) => {
    const [place] = /^ {2}users\/\S+:\d+: [\w-]+/.exec(line) ?? /^(?:[^\s:]+: )+/.exec(line) ?? [];
    const numbers = /^ {2}.* {2}\d/.test(line) ? (line.match(/\d+/g) ?? []) : [];
    return place === undefined ? numbers : [place];
  });
}

/** Restores the zips that the Python program made, each to a new user. */
export async function restoreZips(site: Site, folder: string): Promise<string[]> {
  unpack("python-trunk8/zips.tar.gz", folder);
  const { app } = site;
  const remarks: string[] = [];
  for (const file of readdirSync(join(folder, "zips")).sort()) {
    const name = file.replace(/^orig-(.*)\.zip$/, "$1");
    const known = pythonUsers.find((user) => user.name === name);
    const username = known?.renamed ?? name;
    const owner =
      (await app.accounts.users.findByUsername(username)) ??
      (await app.accounts.users.create(operator, { username, password: PASSWORD }));
    const order = { owner, path: join(folder, "zips", file), mode: "merge" } as const;
    using plan = await planRestore(app, operator, order);
    await restoreUser(app, operator, plan);
    remarks.push(...plan.archive.summary.remarks.map((remark) => `${username}: ${remark}`));
    remarks.push(...plan.skipped.map(({ shortCode, reason }) => `${shortCode}: ${reason}`));
  }
  return remarks;
}

/** Everything that can be seen of an import. */
export async function lookAtImport(site: Site) {
  const tables = await readTables(site.app, tablesOf725086e());
  const answers = await askAll(site.request, kindsOf(tables));
  return { accounts: accountsOf(tables), answers };
}

/** The table of a link in the original's `links.toml`. */
export function oldLink(folder: string, owner: string, shortCode: string) {
  const text = readFileSync(join(folder, "data/users", owner, "links.toml"), "utf8");
  const { links } = parse(text) as { links: Record<string, { path?: string }> };
  return links[shortCode];
}
