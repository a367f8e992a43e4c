import { posix } from "node:path";
import type { Law } from "./source.ts";

/** The most files that a folder may hold. */
const MAX_FILES = 14;

/** Folders that hold more, and why. */
const largerFolders: Readonly<Record<string, string>> = {
  "src/database/migrations": "one file for each migration, which is never changed",
  "src/web/static/assets":
    "one style sheet and one script for each part of the pages, listed in asset-files.ts",
  "test/journeys": "one file for each journey in the browser",
  "test/deploy": "one file of proofs for each server in deploy/",
};

/** Files and folders are named in kebab-case, so that every tool finds their words. */
export const namesAreKebabCase: Law = (files) =>
  files
    .filter(
      ({ path }) =>
        !path.split("/").every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(part)),
    )
    .map(({ path }) => `${path} is not in kebab-case`);

/** A base name occurs once in a module: "open file by name" finds one file. Style sheets and catalogues are excepted. */
export const baseNamesOccurOnce: Law = (files) => {
  const first = new Map<string, string>();
  return files.flatMap(({ path }) => {
    if (/\/text\.\w+\.ts$/.test(path)) return [];
    const key = `${scopeOf(path)} ${baseName(path)} ${path.endsWith(".css")}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, path);
    return earlier === undefined ? [] : [`${path} has the same base name as ${earlier}`];
  });
};

/** A folder holds few enough files to read at a glance. */
export const foldersAreSmall: Law = (files) => {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([folder, count]) => count > MAX_FILES && largerFolders[folder] === undefined)
    .map(([folder, count]) => `${folder} has ${count} files`);
};

function scopeOf(path: string): string {
  const parts = path.split("/");
  return parts.length > 2 ? parts.slice(0, 2).join("/") : "";
}

function baseName(path: string): string {
  return posix.basename(path).split(".", 1)[0] ?? "";
}
