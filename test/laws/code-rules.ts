import { urls } from "../../src/http/urls.ts";
import { codeOf, type Law, moduleOf, type SourceFile } from "./source.ts";

const domain = ["links", "pages", "accounts", "visits", "files", "audit"];
const entryPoints = ["cli", "server", "web", "api"];

const isIn =
  (modules: readonly string[]) =>
  ({ path }: SourceFile): boolean =>
    modules.includes(moduleOf(path));

/** Forbids `pattern` in the code of the files that it applies to; comments are ignored. */
function forbid(pattern: RegExp, applies: (file: SourceFile) => boolean): Law {
  return (files) =>
    files.filter(applies).flatMap((file) => findIn(codeOf(file), pattern, file.path));
}

function findIn(text: string, pattern: RegExp, path: string): string[] {
  return [...text.matchAll(pattern)].map(([found]) => `${path} has ${found.trim()}`);
}

/** Time and randomness are passed in, so that a test can fix them. */
export const domainModulesGetTimeAndRandomness: Law = forbid(
  /\bDate\.now\b|\bnew Date\b(?!\s*\([^)])|\bTemporal\.Now\b|\bperformance\.now\b|\bMath\.random\b|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/g,
  isIn(domain),
);

/** Domain modules throw problems; http/ maps them to statuses. */
export const domainModulesHaveNoHttp: Law = forbid(
  /\bnew (Response|Request|Headers)\b|\bResponse\.\w+|\b(201|204|303|304|400|401|403|404|405|409|410|413|414|415|422|429|501|503|507)\b/g,
  isIn(domain),
);

/** Entry points call operations; the SQL is there. */
export const entryPointsHaveNoSql: Law = forbid(
  /\.(selectFrom|insertInto|updateTable|deleteFrom|replaceInto)\b|\bsql(\.raw|`)|\bfrom "(kysely|pg|bun:sqlite)"/g,
  isIn([
    ...entryPoints,
    "http",
    "import",
    "archive",
    "user-backup",
    "site-backup",
    "links-file",
    "backup",
  ]),
);

/** Settings come from config/; only the start of the program passes the environment on. */
export const environmentIsReadOnce: Law = forbid(
  /\b(process|Bun|import\.meta)\.env\b|\benv\b[^;]*\bfrom "(node:)?process"/g,
  ({ path }) => moduleOf(path) !== "config" && path !== "src/main.ts" && path !== "src/cli/cli.ts",
);

/** Code depends on the kind of database only in database/, and in the settings that choose one. */
export const onlyDatabaseDependsOnItsKind: Law = forbid(
  /sqlite|postgres/gi,
  ({ path }) => !["database", "config"].includes(moduleOf(path)),
);

const originals = ["auth", "links", "add", "edit_link", "delete", "delete_link", "settings"];
const ours = Object.values(urls).map(({ pattern }) => pattern.split("/")[1] ?? "");
const firstSegments = [...new Set([...originals, "users", "profile", "backup", "-", ...ours])];
const writable = firstSegments.filter((segment) => /^[\w-]+$/.test(segment)).join("|");

/** Every URL has a name in http/urls.ts or a part of it in http/urls/; `href` builds it. */
export const urlsAreWrittenOnce: Law = forbid(
  new RegExp(`["'\`]/(?:${writable})(?=["'\`/?#$]).{0,20}`, "g"),
  ({ path }) => !/^src\/http\/urls(\/.*)?\.ts$/.test(path),
);

/** Code is changed until type checker and linter accept it. */
export const checksAreNotSuppressed: Law = (files) =>
  files.flatMap(({ path, text }) =>
    findIn(text, /biome-ignore|@ts-(ignore|nocheck|expect-error)|eslint-disable/g, path),
  );

/** No character is invisible or looks like another one, except in texts that people read. */
export const sourceIsAscii: Law = (files) =>
  files
    .filter(({ path }) => !/\/text\.\w+\.ts$/.test(path))
    .flatMap(({ path, text }) => findIn(text, /[^\n]{0,20}[^\t\n -~]/g, path));

/** A promise that a timer starts is caught: an unhandled rejection ends the process. */
export const timersCatchRejections: Law = forbid(
  /\bset(Interval|Timeout)\(\s*(async\b|\([^)]*\)\s*=>\s*void\b(?![^;]*\.catch\()).{0,30}/g,
  () => true,
);
