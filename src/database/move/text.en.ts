import { catalogue } from "../../text/catalogue.ts";
import { formatCount, plural } from "../../text/format.ts";

/** Moving a site to another database: why it cannot be done, and what others see meanwhile. */
export const text = catalogue({
  command: {
    summary:
      "Move the site to another database: PostgreSQL, or the SQLite file in the data folder. Links are answered meanwhile, changes are refused.",
    to: 'postgres:// URL of an empty database ("-": read it from standard input), or "sqlite"',
    toMissing: "Name the database to move to: --to URL, or --to sqlite. Or use --cancel.",
    notUrl: (expected: string) => `--to must be "sqlite" or ${expected}.`,
  },
  moved: (other: string) =>
    `This database was moved to ${other}. Set database.url to that one, or, to use this one as it was then: trunk8 move-database --cancel`,
  arriving: (other: string) =>
    `This database holds an incomplete copy of ${other}. Set database.url back to that one and run trunk8 move-database again.`,
  noUpgrade:
    "The database is being moved, so its tables cannot be upgraded. Finish the move with the version that began it.",
  unreachable: (name: string, reason: string) => `Cannot connect to ${name}: ${reason}`,
  same: (name: string) => `The site is in ${name} already.`,
  noSource: (file: string) => `There is no database to move: ${file} is missing.`,
  otherSchema: (name: string) =>
    `${name} has the tables of another version of Trunk8. Start this version on it once, then move it.`,
  otherTables: (names: string) => `The databases do not have the same tables or columns: ${names}.`,
  notEmpty: (name: string) =>
    `${name} is not empty. Move to an empty database, or delete what it holds first.`,
  otherSite: (name: string) => `${name} holds another site.`,
  targetInUse: (name: string) => `Trunk8 is running on ${name}. Stop it first.`,
  movingElsewhere: (host: string) =>
    `A move that was started on ${host} is in progress. If it was interrupted, run the command there, or trunk8 move-database --cancel.`,
  running: "Another move of this site is in progress.",
  movedElsewhere: (name: string, other: string) =>
    `${name} was moved to ${other} already. Set database.url to that one, or take the move back: trunk8 move-database --cancel`,
  halfCopy: (name: string) => `${name} holds an incomplete copy. It cannot be moved.`,
  differs: (names: string) =>
    `The copy differs from the original in ${names}. The site stays on the original.`,
  badRow: (table: string, reason: string) =>
    `A row of ${table} cannot be copied: ${reason}. Look for damage: trunk8 doctor --deep`,
  stillUsed: (name: string) =>
    `The copy is complete, but Trunk8 still runs on ${name}. Restart it with the new database.url everywhere, then run the same command again.`,
  nothingToCancel: "No move is in progress, and the database was not moved.",
  replaced: (values: number, table: string) =>
    `${formatCount(values)} ${plural(values, { one: "text", other: "texts" })} of ${table} with a NUL character, which PostgreSQL does not store: replaced by U+FFFD.`,
});
