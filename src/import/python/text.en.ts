import { catalogue } from "../../text/catalogue.ts";
import { formatList } from "../../text/format.ts";

/** Everything an import from the Python Trunk8 says of the files that it reads. */
export const text = catalogue({
  program: "Python Trunk8",
  folder: {
    notOld: (folder: string, file: string) =>
      `${folder} is not a data folder of the Python Trunk8: it has no ${file}.`,
    notWritable: (folder: string) => `No permission to write to ${folder}.`,
    notReadable: (path: string) => `No permission to read ${path}.`,
    unlistedUser: "users.toml does not list this user. The folder stays unchanged.",
  },
  file: {
    notRegular: "Not a regular file.",
    tooLarge: "Larger than 32 MB.",
    notUtf8: "Not UTF-8 text.",
    unreadable: (file: string, reason: string) => `${file}: ${reason}`,
    syntaxError: (file: string, line: number, column: number, message: string) =>
      `${file}, line ${line}, column ${column}: ${message}.`,
  },
  users: {
    notTable: (name: string) => `"${name}" is not a user: expected [users.name].`,
    displayName: (name: string) =>
      `The display name of ${name} is not one short line. The user name is used instead.`,
    isAdmin: (name: string) =>
      `is_admin of ${name} is neither true nor false. The user is not an administrator.`,
    noPassword: (name: string) => `${name} has no password. An administrator can set one.`,
    badPassword: (name: string) =>
      `The password hash of ${name} cannot be read. An administrator can set a new password.`,
    themesUnreadable: "Cannot be read. The site's themes are used.",
    unknownTheme: (name: string) => `There is no theme "${name}". The site's theme is used.`,
  },
  links: {
    noFile: "There is no such file. This user has no links.",
    syntaxError: (column: number, message: string) => `Column ${column}: ${message}`,
    again: (reason: string) =>
      `${reason} Fix it and import again: what exists already stays unchanged.`,
    againInPlace: (reason: string, ending: string, usersFile: string) =>
      `${reason} Fix it, remove ${ending} from its name and from that of ${usersFile}, and import again: what exists already stays unchanged.`,
    skipped: (code: string, reason: string) => `${code}: ${reason}`,
    unknownKind: (kind: string) => `There is no link type "${kind}".`,
    forbiddenScheme: (scheme: string) => `Links to ${scheme}: addresses are not allowed.`,
    notWhole: (url: string) =>
      `"${url}" is not a complete URL. Set server.public_url, or write it in full.`,
    unreadableExpiry: (code: string, date: string) =>
      `${code}: the date "${date}" cannot be read. The link does not expire.`,
    headingsWithoutSpace: (code: string, lines: readonly number[]) =>
      `${code}: add a space after # in line ${formatList(lines.map(String))} of the document. Without it, the old program showed a heading, and this one shows text.`,
    missingFile: (code: string, reason: string) => `${code} has no file: ${reason}.`,
    noPath: "no path is given",
    outside: (path: string) => `"${path}" is outside the user's assets`,
    notFound: (path: string) => `"${path}" does not exist`,
    notRegular: (path: string) => `"${path}" is not a regular file`,
  },
  settings: {
    unreadable: "Cannot be read. The settings stay unchanged.",
    themesUnreadable: "Cannot be read. The built-in themes are used.",
    changed: (key: string, before: string, after: string) =>
      `${key} changes from ${before} to ${after}.`,
    notAllowed: (key: string, value: string, used: string) =>
      `${key} cannot be ${value}. The default, ${used}, is used.`,
    unknownTheme: (name: string) => `There is no theme "${name}".`,
  },
});
