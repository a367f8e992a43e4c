import { join } from "node:path";
import { parse, TomlDate, TomlError, type TomlTable } from "smol-toml";
import { parseOldHash } from "../../accounts/auth/old-password-hash.ts";
import type { ImportedUser } from "../../accounts/imported-users.ts";
import { ADMIN_USERNAME, parseDisplayName } from "../../accounts/user.ts";
import { pastTime } from "../../archive/value-ranges.ts";
import { isTable } from "../../config/file/config-file.ts";
import { locate } from "../../config/file/locate-key.ts";
import { isTheme } from "../../config/values/themes.ts";
import { describeSyntaxError } from "../../links-file/links-file.ts";
import type { OldReading } from "../../links-file/old-link.ts";
import { readOldTime } from "../../links-file/old-time.ts";
import { isInvalid, Problem } from "../../problem.ts";
import type { ImportReport } from "../import-report.ts";
import type { ImportedAccount, SourcePlace } from "../imported-site.ts";
import { type OldFolder, readOldText, USERS_FILE } from "./old-folder.ts";
import { text } from "./text.en.ts";
import { mapNames } from "./user-names.ts";

export interface UsersReading extends OldReading {
  readonly folder: OldFolder;
  readonly report: ImportReport;
}

/**
 * Reads the users of an old folder, in the order of its users.toml.
 * @throws Problem `invalid` with line and column if that file is broken: nothing can be read without it
 */
export async function readOldUsers(reading: UsersReading): Promise<ImportedAccount[]> {
  const source = await readUsersText(reading.folder);
  const { users = {} } = parseUsers(source);
  const rows = tablesIn(isTable(users) ? users : {}, source, reading.report);
  const names = mapNames(rows.map(({ oldName }) => oldName));
  const accounts: ImportedAccount[] = [];
  for (const row of rows) {
    const username = names.get(row.oldName) ?? row.oldName;
    accounts.push({ oldName: row.oldName, user: await readUser(reading, row, username) });
  }
  return accounts;
}

async function readUsersText({ root }: OldFolder): Promise<string> {
  try {
    return (await readOldText(join(root, USERS_FILE))) ?? "";
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown;
    const message = text.file.unreadable(USERS_FILE, thrown.message);
    throw new Problem("invalid", message, { cause: thrown });
  }
}

function parseUsers(source: string): TomlTable {
  try {
    return parse(source);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const { line, column } = thrown;
    const message = text.file.syntaxError(USERS_FILE, line, column, describeSyntaxError(thrown));
    throw new Problem("invalid", message);
  }
}

interface Row {
  readonly oldName: string;
  readonly table: TomlTable;
  /** The whole users.toml. */
  readonly source: string;
  readonly line: number;
}

function tablesIn(users: TomlTable, source: string, report: ImportReport): Row[] {
  return Object.entries(users)
    .flatMap(([oldName, table]) => {
      const line = lineIn(source, `users.${oldName}`);
      if (isTable(table) && isFolderName(oldName)) return [{ oldName, table, source, line }];
      report.skip({ file: USERS_FILE, line }, text.users.notTable(oldName));
      return [];
    })
    .sort((a, b) => a.line - b.line);
}

function isFolderName(name: string): boolean {
  return /^[^/\0]{1,200}$/.test(name) && name !== "." && name !== "..";
}

async function readUser(reading: UsersReading, row: Row, username: string): Promise<ImportedUser> {
  const { table } = row;
  return {
    username,
    displayName: readDisplayName(reading, row, username),
    role: readRole(reading, row),
    passwordHash: readHash(reading, row),
    createdAt: readCreatedAt(reading, table),
    ...(await readThemes(reading, row.oldName)),
  };
}

function readDisplayName({ report }: UsersReading, row: Row, username: string): string {
  const { display_name: given = "" } = row.table;
  try {
    return parseDisplayName(String(given)) || username;
  } catch {
    report.remark(placeOf(row, "display_name"), text.users.displayName(username));
    return username;
  }
}

function readRole({ report }: UsersReading, row: Row): ImportedUser["role"] {
  const { is_admin: isAdmin = false } = row.table;
  if (isAdmin === true) return "administrator";
  if (isAdmin !== false) report.remark(placeOf(row, "is_admin"), text.users.isAdmin(row.oldName));
  return "user";
}

/** The administrator's password was never in the file. */
function readHash({ report }: UsersReading, row: Row): string | null {
  if (row.oldName === ADMIN_USERNAME) return null;
  const { password_hash: stored } = row.table;
  if (typeof stored === "string" && parseOldHash(stored) !== null) return stored;
  const { noPassword, badPassword } = text.users;
  const message = stored === undefined ? noPassword(row.oldName) : badPassword(row.oldName);
  report.remark(placeOf(row, "password_hash"), message);
  return null;
}

function readCreatedAt({ now, zone }: OldReading, { created_at: at }: TomlTable): number {
  const text = at instanceof TomlDate ? at.toISOString() : String(at ?? "");
  return Math.min(pastTime(readOldTime(text, zone) ?? now, now), now);
}

type Themes = Pick<ImportedUser, "theme" | "markdownTheme">;

const NO_THEMES: Themes = { theme: null, markdownTheme: null };

/** The administrator's themes were the site's. A user whose file is broken is imported without it. */
async function readThemes(reading: UsersReading, oldName: string): Promise<Themes> {
  if (oldName === ADMIN_USERNAME) return NO_THEMES;
  const file = `users/${oldName}/config.toml`;
  try {
    const source = (await readOldText(join(reading.folder.root, file))) ?? "";
    const { app } = parse(source);
    const theme = (key: string) => readTheme(reading.report, { file, source, key, table: app });
    return { theme: theme("theme"), markdownTheme: theme("markdown_theme") };
  } catch (thrown) {
    if (!(thrown instanceof TomlError) && !isInvalid(thrown)) throw thrown;
    const line = thrown instanceof TomlError ? thrown.line : null;
    reading.report.remark({ file, line }, text.users.themesUnreadable);
    return NO_THEMES;
  }
}

interface ThemePlace {
  readonly file: string;
  readonly source: string;
  readonly key: string;
  readonly table: unknown;
}

function readTheme(report: ImportReport, { file, source, key, table }: ThemePlace): string | null {
  const name = isTable(table) ? table[key] : undefined;
  if (name === undefined || name === "") return null;
  if (typeof name === "string" && isTheme(name)) return name;
  const line = lineIn(source, `app.${key}`);
  report.remark({ file, line }, text.users.unknownTheme(String(name)));
  return null;
}

function placeOf({ source, oldName, line, table }: Row, key: string): SourcePlace {
  const isSet = table[key] !== undefined;
  return { file: USERS_FILE, line: isSet ? lineIn(source, `users.${oldName}.${key}`) : line };
}

/** Looks for a key as it is written without quotes and blanks. */
function lineIn(source: string, key: string): number {
  return locate(source, key.replaceAll(/["'\s]/g, "")).line;
}
