import { join } from "node:path";
import { parse, TomlDate, TomlError, type TomlTable } from "smol-toml";
import { parseOldHash } from "../../accounts/auth/old-password-hash.ts";
import type { MovingUser } from "../../accounts/imported-users.ts";
import { ADMIN_USERNAME, parseDisplayName, type User } from "../../accounts/user.ts";
import { isTable } from "../../config/file/config-file.ts";
import { locate } from "../../config/file/locate-key.ts";
import { isTheme } from "../../config/values/themes.ts";
import { Problem } from "../../problem.ts";
import type { OldReading } from "../../user-backup/old-link.ts";
import { readOldTime } from "../../user-backup/old-time.ts";
import type { MoveReport } from "./import-report.ts";
import { type OldFolder, readOldText, USERS_FILE } from "./old-folder.ts";
import { mapNames } from "./user-names.ts";

/** Somebody who had an account with the original. */
export interface OldPerson {
  readonly oldName: string;
  readonly user: MovingUser;
}

/** A person of the original's, and the account that is theirs here, if there is one. */
export interface KnownPerson {
  readonly person: OldPerson;
  readonly account: User | null;
}

export interface UsersReading extends OldReading {
  readonly folder: OldFolder;
  readonly report: MoveReport;
}

/**
 * The people of an old folder, in the order of its users.toml.
 * @throws Problem `invalid` with line and column where that file is broken: nothing is known without it
 */
export async function readOldPeople(reading: UsersReading): Promise<OldPerson[]> {
  const text = await readUsersText(reading.folder);
  const { users = {} } = parseUsers(text);
  const rows = tablesIn(isTable(users) ? users : {}, text, reading.report);
  const names = mapNames(rows.map(({ oldName }) => oldName));
  const people: OldPerson[] = [];
  for (const row of rows) {
    const username = names.get(row.oldName) ?? row.oldName;
    people.push({ oldName: row.oldName, user: await readPerson(reading, row, username) });
  }
  return people;
}

async function readUsersText({ root }: OldFolder): Promise<string> {
  try {
    return (await readOldText(join(root, USERS_FILE))) ?? "";
  } catch (thrown) {
    if (!isUnfit(thrown)) throw thrown;
    throw new Problem("invalid", `${USERS_FILE}: ${thrown.message}`, { cause: thrown });
  }
}

function parseUsers(text: string): TomlTable {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const [what] = thrown.message.replace("Invalid TOML document: ", "").split("\n");
    const { line, column } = thrown;
    throw new Problem("invalid", `${USERS_FILE}, line ${line}, column ${column}: ${what}.`);
  }
}

interface Row {
  readonly oldName: string;
  readonly table: TomlTable;
  readonly text: string;
  readonly line: number;
}

function tablesIn(users: TomlTable, text: string, report: MoveReport): Row[] {
  return Object.entries(users)
    .flatMap(([oldName, table]) => {
      const line = lineIn(text, `users.${oldName}`);
      if (isTable(table) && isFolderName(oldName)) return [{ oldName, table, text, line }];
      report.leaveOut(USERS_FILE, line, `"${oldName}" is no user: [users.name] was expected.`);
      return [];
    })
    .sort((a, b) => a.line - b.line);
}

function isFolderName(name: string): boolean {
  return /^[^/\0]{1,200}$/.test(name) && name !== "." && name !== "..";
}

async function readPerson(
  reading: UsersReading,
  row: Row,
  username: string,
): Promise<OldPerson["user"]> {
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
    const message = `The display name of ${username} is more than one short line: the user name stands for it.`;
    report.remark(USERS_FILE, lineOf(row, "display_name"), message);
    return username;
  }
}

function readRole({ report }: UsersReading, row: Row): MovingUser["role"] {
  const { is_admin: isAdmin = false } = row.table;
  if (isAdmin === true) return "administrator";
  if (isAdmin !== false) {
    const message = `is_admin of ${row.oldName} is neither true nor false: no administrator.`;
    report.remark(USERS_FILE, lineOf(row, "is_admin"), message);
  }
  return "user";
}

/** The administrator's password was never in the file. */
function readHash({ report }: UsersReading, row: Row): string | null {
  if (row.oldName === ADMIN_USERNAME) return null;
  const { password_hash: stored } = row.table;
  if (typeof stored === "string" && parseOldHash(stored) !== null) return stored;
  const why = stored === undefined ? "no password" : "a password hash that cannot be read";
  const message = `${row.oldName} has ${why}: an administrator can set a new one.`;
  report.remark(USERS_FILE, lineOf(row, "password_hash"), message);
  return null;
}

function readCreatedAt({ now, zone }: OldReading, { created_at: at }: TomlTable): number {
  const text = at instanceof TomlDate ? at.toISOString() : String(at ?? "");
  return Math.min(readOldTime(text, zone) ?? now, now);
}

type Themes = Pick<MovingUser, "theme" | "markdownTheme">;

const NO_THEMES: Themes = { theme: null, markdownTheme: null };

/** The administrator's were the site's. A broken file is no reason to leave somebody behind. */
async function readThemes(reading: UsersReading, oldName: string): Promise<Themes> {
  if (oldName === ADMIN_USERNAME) return NO_THEMES;
  const file = `users/${oldName}/config.toml`;
  try {
    const text = (await readOldText(join(reading.folder.root, file))) ?? "";
    const { app } = parse(text);
    const theme = (key: string) => readTheme(reading.report, { file, text, key, table: app });
    return { theme: theme("theme"), markdownTheme: theme("markdown_theme") };
  } catch (thrown) {
    if (!(thrown instanceof TomlError) && !isUnfit(thrown)) throw thrown;
    const line = thrown instanceof TomlError ? thrown.line : null;
    reading.report.remark(file, line, "It cannot be read: the site's themes stand for these.");
    return NO_THEMES;
  }
}

function isUnfit(thrown: unknown): thrown is Problem {
  return thrown instanceof Problem && thrown.code === "invalid";
}

interface ThemePlace {
  readonly file: string;
  readonly text: string;
  readonly key: string;
  readonly table: unknown;
}

function readTheme(report: MoveReport, { file, text, key, table }: ThemePlace): string | null {
  const name = isTable(table) ? table[key] : undefined;
  if (name === undefined || name === "") return null;
  if (typeof name === "string" && isTheme(name)) return name;
  const message = `There is no theme "${String(name)}" here: the site's stands for it.`;
  report.remark(file, lineIn(text, `app.${key}`), message);
  return null;
}

function lineOf({ text, oldName, line, table }: Row, key: string): number {
  return table[key] === undefined ? line : lineIn(text, `users.${oldName}.${key}`);
}

/** Looks for a key as it is written without quotes and blanks. */
function lineIn(text: string, key: string): number {
  return locate(text, key.replaceAll(/["'\s]/g, "")).line;
}
