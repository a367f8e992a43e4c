import { catalogue } from "../text/catalogue.ts";
import { formatCount, plural } from "../text/format.ts";

/** What links say of themselves and of what is asked of them. */
export const text = catalogue({
  inProgress: {
    importing: "Another import of this account is in progress. Wait for it, or cancel it.",
    restoring: "Another restore of this account is in progress. Wait for it, or cancel it.",
    manyChanges: "Many changes of this account wait for one another. Wait for one, or cancel one.",
  },
  input: {
    noText: "Enter text.",
    noRevision: "Enter the revision of the link, a whole number.",
    noBoolean: "Enter true or false.",
    onlyRedirects: "Only redirects are found by their destination.",
    unknownKind: "Choose redirect, file, markdown, html or collection.",
    unknownRedirectStatus: "Choose 301, 302, 307 or 308.",
    noContent: "Choose a file or enter text.",
    notText: "This file is not a text. To share it as it is, choose the type File.",
    titleTooLong: "A title has at most 200 characters.",
    titleNotPlain: "A title is one line of plain text.",
    noteTooLong: "A note has at most 10,000 characters.",
    noteNotPlain: "A note is plain text.",
    unknownField: "Unknown field.",
  },
  shortCode: {
    tooLong: "A short code has at most 50 characters.",
    badCharacters: "A short code consists of letters A-Z a-z, digits, - and _.",
    reserved: (code: string) => `"${code}" is reserved.`,
    taken: (code: string) => `"${code}" is already taken.`,
    noneFree: "No free short code found. Try again.",
    takenMeanwhile: "A short code was taken in the meantime. Try again.",
  },
  aliases: {
    pointsToItself: "The destination or the fallback of the link is this short code.",
    leadsBack:
      "The destination or the fallback of the link leads back to this short code, through other links of this site.",
    noList: "Enter a list of short codes.",
    tooMany: (most: number) => `A link has at most ${formatCount(most)} further short codes.`,
  },
  target: {
    missing: "Enter a destination.",
    controlCharacter: "The destination contains an invisible control character.",
    notUnicode: "The destination is not valid Unicode.",
    tooLong: "The destination is longer than 8,192 bytes when percent-encoded.",
    severalAddresses: "Enter one destination at a time. If this is one, write its spaces as %20.",
    badScheme: (beginnings: string) => `The destination must begin with ${beginnings}.`,
    noHost: "The destination has no host.",
    badHost: "The host of the destination is not valid.",
    badPort: "The port of the destination does not exist. Ports are 1 to 65535.",
    pointsToItself: "The destination is the short link itself.",
    leadsBack: "The destination leads back to this link, through other links of this site.",
    onlyForRedirects: "Only a redirect has a destination.",
  },
  expiry: {
    unreadable: "Enter a time span such as 2h or 7d, or a date and time.",
    tooLate: "The expiry must be before the year 10000.",
    inThePast: "The expiry must be in the future.",
  },
  start: {
    afterExpiry: "The start must be before the expiry.",
  },
  visitLimit: {
    noNumber: "The visit limit must be a whole number from 1 to 1,000,000,000.",
  },
  linkPassword: {
    tooShort: (characters: number) => `The password needs at least ${characters} characters.`,
    tooLong: (characters: number) => `The password may have at most ${characters} characters.`,
    looksLikeKey: "The password looks like an API key. Choose another one.",
    tooManyWrong: (seconds: number) =>
      `Too many wrong passwords. Try again in ${formatCount(seconds)} s.`,
  },
  fallback: {
    pointsToItself: "The fallback is the short link itself.",
    leadsBack: "The fallback leads back to this link, through other links of this site.",
  },
  embedding: {
    notRedirects: "A redirect is not shown in frames.",
    notAny: "The settings of this site do not allow *. Enter websites.",
    noHost: (given: string) =>
      `"${given}" is no website: enter one such as https://blog.example or https://*.example.org, without a path.`,
    notHttps: (given: string) => `"${given}" must begin with https://.`,
    tooMany: (count: number) => `Enter at most ${formatCount(count)} websites.`,
    tooLong: (count: number) =>
      `The websites may have at most ${formatCount(count)} characters together.`,
  },
  bulk: {
    noCodes: "Select at least one link.",
    tooMany: (count: number) => `Select at most ${formatCount(count)} links.`,
    noAction: "Choose an action.",
    noExpiry: "Enter a duration such as 7d, a date, or never.",
    noUndo: "Enter the value of undo that the change returned.",
    codesOrFilter: "Send either codes or a filter.",
    noNewOwner: "Enter the username of the new owner.",
  },
  csv: {
    noDestination: "No column is called destination or url.",
    repeatedColumns: (names: string) =>
      `Columns with the same meaning: ${names}. Keep one of them.`,
    tooMany: (count: number) => `Import at most ${formatCount(count)} links at once.`,
    tooLarge: (size: string) => `The file is larger than ${size}. Split it.`,
    noText: "This is not a CSV file, or it is UTF-16 without a byte order mark. Save it as UTF-8.",
    notUnicode: "The file is not UTF-8. Save it as CSV UTF-8.",
    noFiles: "Only redirects can be imported from CSV.",
    passwordLeftOut:
      "The link had a password, which an export leaves out. Enter one, or set has_password to false.",
    repeatedCode: (code: string) => `"${code}" is also in an earlier line.`,
    unclosed: (last: number) =>
      `A quotation mark is not closed, so the text up to line ${formatCount(last)} was not read. Close it, or write it twice.`,
    rowTooLong: "The line is too long.",
  },
  trash: {
    noDeletion: "Enter the time of the deletion in milliseconds.",
    codeTaken: (code: string) =>
      `The short code "${code}" is in use. Choose another one for the link.`,
  },
  history: {
    noNumber: "Enter the number of a version.",
    noSuchVersion: (number: number) => `Version ${formatCount(number)} is not kept.`,
    isCurrent: (number: number) => `Version ${formatCount(number)} is the current one.`,
  },
  tags: {
    noList: "Enter a list of tags.",
    tooMany: (count: number) => `A link has at most ${formatCount(count)} tags.`,
    tooLong: (count: number) => `A tag has at most ${formatCount(count)} characters.`,
    notPlain: "A tag is one line of plain text.",
    hasComma: (name: string) => `Commas separate tags: write "${name}" without one.`,
    empty: "Enter a tag with at least one visible character.",
    noneGiven: "Enter at least one tag.",
    noSuchTag: (name: string) => `Tag "${name}" not found.`,
    exists: (name: string) => `Tag "${name}" already exists. Merge the two instead.`,
    intoItself: "Choose another tag to merge into.",
    mayNotChange: "You are not allowed to change these tags.",
  },
  files: {
    none: "Choose at least one file.",
    tooMany: (most: number) => `A collection has at most ${formatCount(most)} files.`,
    pathTooLong: "The path of a file has at most 1,024 bytes and 32 parts.",
    samePath: "Two files have the same path.",
    badTitle: "The title of a file is one line of at most 200 characters.",
    noCollection: "This link does not have several files.",
    kindStays: "A collection stays one. Create another link instead.",
    noText: "A collection consists of files: change these.",
    indexIsPage: "index.html is the page itself: change it there.",
  },
  site: {
    noIndex: "There is no index.html in the first folder.",
    samePath: (path: string) => `Two files have the path "${path}".`,
    tooMany: (most: number) => `An HTML page has at most ${formatCount(most)} files.`,
    tooLarge: (most: string) => `Unpacked, the files have more than ${most}.`,
  },
  access: {
    noSuchLink: "Link not found.",
    noSuchAccount: "Account not found.",
    mayNotCreate: "You are not allowed to create links here.",
    mayNotList: "You are not allowed to list these links.",
    mayNotTransfer: "Only administrators can transfer links.",
    accountDisabled: "This account is disabled.",
    accountDeleted: "This account has been deleted.",
    declared: (code: string, file: string) =>
      `"${code}" is declared in ${file}. Change or delete it there.`,
  },
  consistency: {
    miscounted: "The numbers of links that lists show are wrong",
    wrongAliases: (code: string, aliases: string) =>
      `/${code} is opened by other short codes than it lists: ${aliases}`,
    hiddenAlias: (code: string, alias: string) =>
      `/${code} lists ${alias}, which is the short code of another link`,
    wrongVisits: (code: string) => `The visits left of /${code} do not match its visit limit`,
    outdated: (count: number, codes: string) =>
      plural(count, {
        one: `1 link has an outdated search entry: ${codes}`,
        other: `${formatCount(count)} links have outdated search entries, such as ${codes}`,
      }),
  },
  changedMeanwhile: {
    owner: "This link was transferred in the meantime. Try again.",
    link: "The link was changed in the meantime.",
    links: "The links changed in the meantime. Check the preview again.",
    codeOrAccount: "A short code was taken or an account deleted in the meantime. Try again.",
  },
  faults: {
    noFile: (code: string) => `/${code} has no file.`,
    uploadFile: (code: string) =>
      `Upload the file on the edit page of the link, or delete the link: trunk8 rm ${code}`,
  },
});
