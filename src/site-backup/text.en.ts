import { catalogue } from "../text/catalogue.ts";
import { formatBytes } from "../text/format.ts";

/** Backups of a whole site: why one cannot be made or restored. */
export const text = catalogue({
  inProgress: "Another backup is in progress.",
  mayNotBackUp: "Only administrators can back up the site.",
  occupied:
    "The data folder is not empty. With --replace, its contents are set aside and the backup takes their place.",
  diskSpace: (bytes: number) =>
    `The backup needs ${formatBytes(bytes)}, more than is free on the disk.`,
  backupSpace: (bytes: number, free: number) =>
    `The backup needs ${formatBytes(bytes)} of disk space, and ${formatBytes(free)} are free.`,
  nothingRemoved: (name: string, reason: string) =>
    `${name}: ${reason} Older backups are kept until one is complete.`,
  entriesDiffer: "The entries of the archive differ from its manifest.",
  badEntry: (name: string) => `"${name}" is missing from the archive, or damaged.`,
  unknownPlace: (name: string) => `"${name}" does not belong in a data folder.`,
});
