import { urls } from "../../src/http/urls.ts";
import { codeOf, type Law, roomOf, type SourceFile } from "./source.ts";

const nouns = ["links", "pages", "accounts", "visits", "files", "audit"];
const doors = ["cli", "server", "web", "api"];

const isIn =
  (rooms: readonly string[]) =>
  ({ path }: SourceFile): boolean =>
    rooms.includes(roomOf(path));

/** No code of these files has words like that; comments may. */
function forbid(pattern: RegExp, applies: (file: SourceFile) => boolean): Law {
  return (files) =>
    files.filter(applies).flatMap((file) => findIn(codeOf(file), pattern, file.path));
}

function findIn(text: string, pattern: RegExp, path: string): string[] {
  return [...text.matchAll(pattern)].map(([found]) => `${path} has ${found.trim()}`);
}

/** Time and randomness come through the app, so that a test can hold them still. */
export const nounsAskTheAppForTimeAndChance: Law = forbid(
  /\bDate\.now\b|\bnew Date\b(?!\s*\([^)])|\bTemporal\.Now\b|\bperformance\.now\b|\bMath\.random\b|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/g,
  isIn(nouns),
);

/** A noun knows problems; what they are over HTTP is said in http/. */
export const nounsKnowNoHttp: Law = forbid(
  /\bnew (Response|Request|Headers)\b|\bResponse\.\w+|\b(201|204|303|304|400|401|403|404|405|409|410|413|414|415|422|429|501|503|507)\b/g,
  isIn(nouns),
);

/** A door asks a verb; the verb has the SQL. */
export const doorsHoldNoSql: Law = forbid(
  /\.(selectFrom|insertInto|updateTable|deleteFrom|replaceInto)\b|\bsql(\.raw|`)|\bfrom "(kysely|pg|bun:sqlite)"/g,
  isIn([
    ...doors,
    "http",
    "import",
    "archive",
    "user-backup",
    "site-backup",
    "links-file",
    "backup",
  ]),
);

/** Settings come from config/; only the way in hands the environment over. */
export const environmentIsReadOnce: Law = forbid(
  /\b(process|Bun|import\.meta)\.env\b|\benv\b[^;]*\bfrom "(node:)?process"/g,
  ({ path }) => roomOf(path) !== "config" && path !== "src/main.ts" && path !== "src/cli/cli.ts",
);

/** Which database it is shows in database/, and in the settings that choose one. */
export const onlyDatabaseKnowsTheDatabase: Law = forbid(
  /sqlite|postgres/gi,
  ({ path }) => !["database", "config"].includes(roomOf(path)),
);

const originals = ["auth", "links", "add", "edit_link", "delete", "delete_link", "settings"];
const ours = Object.values(urls).map(({ pattern }) => pattern.split("/")[1] ?? "");
const firstSegments = [...new Set([...originals, "users", "profile", "backup", "-", ...ours])];
const writable = firstSegments.filter((segment) => /^[\w-]+$/.test(segment)).join("|");

/** Every URL has a name in http/urls.ts; `href` writes it. */
export const urlsAreWrittenOnce: Law = forbid(
  new RegExp(`["'\`]/(?:${writable})(?=["'\`/?#$]).{0,20}`, "g"),
  ({ path }) => path !== "src/http/urls.ts",
);

/** The checkers are right, or the code is made so that they are. */
export const nobodySilencesTheCheckers: Law = (files) =>
  files.flatMap(({ path, text }) =>
    findIn(text, /biome-ignore|@ts-(ignore|nocheck|expect-error)|eslint-disable/g, path),
  );

/** No letter looks like another one, and none is invisible, but for texts that people read. */
export const onlyAscii: Law = (files) =>
  files
    .filter(({ path }) => !/\/text\.\w+\.ts$/.test(path))
    .flatMap(({ path, text }) => findIn(text, /[^\n]{0,20}[^\t\n -~]/g, path));
