import { catalogue } from "../text/catalogue.ts";

export const text = catalogue({
  runRemote: (folder: string, fileSystem: string) =>
    `The run folder ${folder} is on a network file system (${fileSystem}). Set server.run_folder (TRUNK8_SERVER_RUN_FOLDER) to a folder on a local disk.`,
  busy: "The database is busy. Try again in a moment.",
  moving:
    "The site is being moved to another database. Links are answered, and nothing can be changed until that is done.",
  deaf: "Changes of other nodes do not arrive, so links are read from the database. Check database.listen_url.",
  databaseAway: "No database server can be used, trying again.",
  databaseBack: "The database can be used again.",
  standby: "The database server is a standby: it cannot be written to.",
  otherCluster:
    "The database server belongs to another cluster than the one in use. Restart Trunk8 to use it.",
  replaced: (timeline: number, highest: number, file: string) =>
    `The database server was replaced by a promoted standby and lacks its changes: its timeline is ${timeline}, and ${highest} has been in use. Make it a standby of the new primary. If it is meant to be used, stop Trunk8 on all machines and delete ${file}.`,
  newer: (migrations: string) =>
    `The database was written by a newer version of Trunk8 (it has ${migrations}). Start that version, or restore a backup made before the upgrade.`,
  migrationElsewhere: "Another node is upgrading the database, waiting for it.",
  migrationBlocked: "Other nodes use the tables that the upgrade changes, trying again.",
  sqliteTooOld: (version: string, required: string) =>
    `SQLite ${version} is too old. Version ${required} or newer is required.`,
  folderInUse: "Trunk8 is running on this data folder. Stop it first.",
  databaseInUse: "Trunk8 is running on this database. Stop it first, on every machine.",
  otherKind:
    "The backup was made from another kind of database. Set database.url to the kind that it was made from.",
  otherVersion:
    "The backup was made by another version of Trunk8. Restore it with that version, then upgrade.",
  notDatabase: (file: string) =>
    `${file} is not a SQLite database. Restore a backup: trunk8 restore FILE --replace`,
  fileDamaged: (file: string) =>
    `${file} is damaged. Restore a backup: trunk8 restore FILE --replace`,
  cannotOpen: (file: string) =>
    `Cannot open ${file}. Check its owner and permissions, and the disk.`,
  damaged: (damage: string) => `The database is damaged: ${damage}.`,
  restoreRemedy: "Stop Trunk8, then: trunk8 restore FILE --replace (see docs/backup.md)",
  damage: {
    invalidIndex: (name: string) => `the index ${name} is not valid: reindex it`,
    checksums: (pages: number) => `${pages} pages have wrong checksums`,
    lostReferences: (rows: number, table: string, parent: string) =>
      `${rows} rows of ${table} refer to missing rows of ${parent}`,
  },
});
