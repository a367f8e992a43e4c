import { catalogue } from "../text/catalogue.ts";
import { formatBytes, formatCount } from "../text/format.ts";

/** Backups of one user: why an archive is refused, or a link of it skipped. */
export const text = catalogue({
  noAccount: "No such account.",
  archive: {
    syntaxError: (name: string, line: number, column: number, message: string) =>
      `"${name}" in the archive, line ${line}, column ${column}: ${message}`,
    line: (name: string, line: number, message: string) => `${name}, line ${line}: ${message}`,
    strays: (count: number) =>
      `The archive has ${formatCount(count)} files that no link of it refers to.`,
    unknownVisitor: (name: string) =>
      `"${name}" in the archive refers to a visitor that is not in its manifest.`,
    tooManyLinks: (most: number) => `The archive has more than ${formatCount(most)} links.`,
    tooManyFiles: (most: number) =>
      `The archive, or a link of it, has more than ${formatCount(most)} files.`,
    tooManyVisitors: "The archive has too many visitors.",
    tooManyHours: "The archive has too many hours of visits.",
    noLines: (name: string) => `"${name}" in the archive has a line that is too long.`,
  },
  reading: {
    busy: "Another archive is being read. Try again in a minute.",
    deadline: "Reading the archive took too long.",
    tooLarge: "The archive needs too much memory to read, or is damaged.",
  },
  links: {
    unreadableExpiry: (code: string, date: string) =>
      `${code}: the date "${date}" cannot be read. The link does not expire.`,
    badCode: "Not a valid short code.",
    reserved: "The short code is reserved for a page of the site.",
    taken: "The short code belongs to another user.",
    declared: "Declared in links.toml. Change it there.",
    unknownKind: "Unknown link type.",
    duplicate: "The archive contains the short code twice.",
    noFile: "The link has no file.",
    fileMissing: "Its file is not in the archive.",
    fileDamaged: "Its file was already damaged when the archive was created.",
  },
  restores: {
    rulesChanged:
      "The settings for links were changed during the restore. Restore the backup again.",
    replacedUpload: "Another upload of your account has replaced this one.",
    archiveGone: "The backup file is no longer on the server.",
    starterGone: "The account that started the restore is disabled or deleted.",
  },
  space: {
    upload: "The server has too little free disk space for this file.",
    disk: (bytes: number) =>
      `The files need ${formatBytes(bytes)}, more than is free on the server's disk.`,
    quota: (bytes: number, quota: number) =>
      `Storage quota exceeded: the files need ${formatBytes(bytes)}, and the quota is ${formatBytes(quota)}.`,
  },
});
