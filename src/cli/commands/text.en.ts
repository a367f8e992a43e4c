import { catalogue } from "../../text/catalogue.ts";
import { formatCount, plural } from "../../text/format.ts";

/** What an account has. */
interface Has {
  readonly links: number;
  readonly visits: number;
  readonly files: number;
  readonly size: string;
}

/** Texts of the commands: a group for each file. */
export const text = catalogue({
  /** links/ and given-file.ts */
  links: {
    add: {
      summary:
        "Create a link to a URL or of a file (-: standard input) and print its short URL. With --json -, create links from JSON on standard input.",
      code: "short code (default: an automatic one)",
      kind: (kinds: string) => `${kinds} (default: redirect for a URL, file for a file)`,
      name: "file name (default: that of the file)",
      inline: "open the file in the browser if its type is harmless (default: files.inline)",
      download: "download the file instead of opening it in the browser",
      inlineOrDownload: "Choose either --inline or --download.",
      expires: "time span (2h, 7d) or date and time",
      starts: "when it begins to answer, likewise",
      fallback: "where visitors are sent when it has expired or is disabled",
      visitLimit: "how often it may be opened; 1 = once",
      passwordFile: "file with the password that visitors must enter",
      passwordStdin: "read that password from standard input",
      onePassword: "Standard input has one password or one file.",
      forwardQuery: "pass the query parameters of visitors on to the destination",
      title: "title",
      tag: "tags, with commas between them",
      user: "owner (default: admin)",
      json: "print {short_code, url} as JSON",
      becameWebPage: "Saved as a web page, because HTML files cannot be documents.",
      optionsBesideJson:
        "With --json -, put the short code, title and other options into the JSON.",
      notJson: (line: number) => `Line ${line} is not valid JSON.`,
      entry: (position: number, message: string) => `Link ${position}: ${message}`,
      field: (name: string, message: string) => `${name}: ${message}`,
      assumedUrl: (url: string) =>
        `Short URLs begin with ${url} here, since server.public_url is not set for this command.`,
      nameMissing: "Give the file a name: --name NAME",
      isFolder: (path: string) =>
        `"${path}" is a folder. Create a link for each file, zip it first, or add --kind html for a website.`,
      cannotOpen: (path: string) => `Cannot open "${path}".`,
      isFileAndUrl: (word: string) =>
        `"${word}" is a file here and could be a URL: write ./${word} or add --kind redirect.`,
      noFile: (word: string) => `File not found: "${word}". A URL begins with https://.`,
    },
    ls: {
      summary: "List links, newest first.",
      search: "only links with these words in short code, destination, file name, title or note",
      kind: "only redirect, file, markdown, html or collection",
      status: "only live, scheduled, limit_reached, expired or disabled",
      tag: "only links with these tags, with commas between them",
      tags: (modes: string) => `how many of these tags: ${modes} (default: all)`,
      sort: "created (default), code, visits, expiry or last_visit",
      direction: "asc or desc",
      user: "only links of this user",
      json: "print all details as a JSON array",
      heads: {
        code: "Short code",
        status: "Status",
        owner: "Owner",
        visits: "Visits",
        content: "Destination or file",
      },
      empty: "No links yet. Create one: trunk8 add URL|FILE",
    },
    rm: {
      summary:
        "Delete links, after confirmation at a terminal. Undo it with trunk8 restore CODE, while the trash keeps them.",
      yes: "do not ask for confirmation",
      json: "print {deleted} as JSON",
      confirm: (count: number) =>
        plural(count, {
          one: "Delete this link?",
          other: `Delete these ${formatCount(count)} links?`,
        }),
      deleted: (code: string) => `Deleted ${code}`,
      noSuchLink: (code: string) => `Link not found: ${code}`,
    },
    noSuchUser: (username: string) => `User not found: ${username}`,
  },

  /** user-commands.ts */
  users: {
    add: "Create an account. The password is read from standard input.",
    displayName: "name shown to people (default: NAME)",
    admin: "create an administrator",
    oneTime: "generate and print a password that must be changed at the next sign-in",
    addJson: "print {username, role}, and password if generated, as JSON",
    list: "List the accounts and what each has.",
    search: "only accounts with TEXT in the username or name",
    listJson: "print an array of all details as JSON",
    passwd: "Set a user's password, read from standard input. Ends all their sessions.",
    disable: "Disable a user. Ends all their sessions; their links stay.",
    enable: "Enable a user.",
    changedJson: "print {username, disabled} as JSON",
    created: (username: string) => `Account ${username} created.`,
    oneTimePassword: (password: string) => `One-time password: ${password}`,
    passwordSet: (username: string) => `Password of ${username} set.`,
    disabledNow: (username: string) => `Account ${username} disabled.`,
    enabledNow: (username: string) => `Account ${username} enabled.`,
    disabled: "disabled",
    role: { user: "user", administrator: "administrator" },
    links: (count: string) => `links ${count}`,
    heads: { username: "Username", role: "Role", links: "Links", size: "Size", name: "Name" },
  },

  /** ../read-password.ts */
  password: {
    prompt: "New password: ",
    repeat: "Repeat password: ",
    differ: "The passwords do not match.",
    cancelled: "Cancelled.",
  },

  /** remove-user.ts */
  removeUser: {
    summary: "Delete an account after confirmation.",
    links: "what happens to the links: transfer, keep (admin becomes the owner) or delete",
    to: "new owner of transferred links",
    yes: "do not ask for confirmation",
    json: "print {username, links, count} as JSON",
    has: ({ links, visits, files, size }: Has) =>
      `${plural(links, { one: "1 link", other: `${formatCount(links)} links` })}, ${plural(visits, { one: "1 visit", other: `${formatCount(visits)} visits` })} in the last 30 days, ${plural(files, { one: "1 file", other: `${formatCount(files)} files` })} (${size})`,
    planMissing: "Choose what happens to the links: --links transfer --to NAME, keep or delete.",
    confirm: (username: string) => `Delete the account ${username}?`,
    notConfirmed: "Nothing deleted. Use --yes to delete without confirmation.",
    deleted: (username: string) => `Account ${username} deleted.`,
  },

  /** csv/import-csv.ts */
  importCsv: {
    summary: "Create links from a CSV file, or from a list of addresses with one on each line.",
    dryRun: "change nothing, and print what is wrong in which line",
    skipInvalid: "create the other links if some lines are wrong",
    noFile: (path: string) => `File not found: ${path}`,
    ignored: (names: string) => `Columns that are not imported: ${names}`,
    fault: (line: number, why: string) => `Line ${line}: ${why}`,
    found: (links: number, faults: number) =>
      `${plural(links, { one: "1 link", other: `${formatCount(links)} links` })} can be created, ${plural(faults, { one: "1 line", other: `${formatCount(faults)} lines` })} cannot.`,
    refused: (faults: number) =>
      `${plural(faults, { one: "1 line is", other: `${formatCount(faults)} lines are` })} wrong, so nothing was created. Use --skip-invalid to create the other links.`,
    json: "print {links, refused} or {created, refused} as JSON",
    checking: "Checking",
    progress: "Importing",
    place: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
    more: (faults: number) => `and ${formatCount(faults)} more lines`,
    cancelled: "The import was cancelled. The links created until then stay.",
    done: (links: number) =>
      plural(links, { one: "1 link created.", other: `${formatCount(links)} links created.` }),
  },

  /** import-python.ts */
  importPython: {
    summary: "Import users, links and files from a data folder of the Python Trunk8.",
    dryRun: "change nothing, and print the full report",
    progress: "Importing",
    links: (done: number, total: number) =>
      `${formatCount(done)} of ${plural(total, { one: "1 link", other: `${formatCount(total)} links` })}`,
    fullReport: (path: string) => `Full report: ${path}`,
    hint: "This folder holds the data of a Python Trunk8. To import it: trunk8 import python .",
  },

  /** apply.ts */
  apply: {
    summary: "Apply a links.toml to a user's links (default: the user's own links.toml).",
    user: "owner of the links; with --server, the owner of the key if it is not named",
    dryRun: "only print what would change: + added, ~ changed, - deleted",
    prune: "also delete links that the file does not list, however many",
    yes: "do not ask for confirmation at a terminal",
    json: "print {added, changed, removed, unchanged, applied} as JSON",
    confirm: "Apply these changes?",
    nameFile: "With --server, name the file: trunk8 apply links.toml",
    userMissing: "Name the owner of the links: --user NAME",
    fileMissing: (path: string) => `File not found: ${path}`,
    result: (counts: { added: number; changed: number; removed: number; unchanged: number }) =>
      `${formatCount(counts.added)} added, ${formatCount(counts.changed)} changed, ${formatCount(counts.removed)} deleted, ${formatCount(counts.unchanged)} unchanged.`,
    needsPrune: (removed: number, all: number) =>
      `This would delete ${formatCount(removed)} of ${formatCount(all)} links. To do so, add --prune.`,
  },

  /** export/ */
  exportLinks: {
    summary:
      "Print a user's links as a links.toml, with their files named by their paths, or as CSV.",
    csv: "print a CSV file; without --user, of all links",
    ndjson: "print a line of JSON for each link, as the API has it",
    hereOnly:
      "With --server, add --csv or --ndjson: a links.toml names files of the site's machine.",
    user: "owner of the links",
    userMissing: "Name the owner of the links: --user NAME",
    skipped: (code: string) => `${code} skipped: its file belongs to another user.`,
    noFile: (code: string) => `${code} skipped: its file is missing.`,
  },

  /** backup.ts */
  backup: {
    summary: "Back up the whole site, or one user, to an archive. The server may be running.",
    all: "the whole site: database, files and settings",
    user: "links, files and visits of one user",
    out: "archive to write (default: a new one in backups/ of the data folder)",
    progress: "Backing up",
    written: (size: string) => `${size} written`,
    choose: "Choose what to back up: --all, or --user NAME.",
    missing: (file: string) => `Missing: ${file}`,
    damaged: (file: string) => `Damaged: ${file}`,
    vanished: (file: string) => `Deleted while the backup was made: ${file}`,
  },

  /** restore.ts */
  restore: {
    user: "restore one user's archive to this account",
    replace:
      "delete the user's links that are not in the archive; set a site's existing data aside",
    progress: "Restoring",
    files: (done: number, total: number) =>
      `${formatCount(done)} of ${plural(total, { one: "1 file", other: `${formatCount(total)} files` })}`,
    needsUser: "This is the archive of one user. Add --user NAME.",
    skipped: (code: string, reason: string) => `${code} skipped: ${reason}`,
    links: (counts: { added: number; overwritten: number; removed: number; skipped: number }) =>
      `${formatCount(counts.added)} added, ${formatCount(counts.overwritten)} overwritten, ${formatCount(counts.removed)} deleted, ${formatCount(counts.skipped)} skipped.`,
    done: (place: number, total: number) => `${formatCount(place)} of ${formatCount(total)} links`,
    restored: (counts: { restored: number; removed: number; skipped: number }) =>
      `${formatCount(counts.restored)} restored, ${formatCount(counts.removed)} deleted, ${formatCount(counts.skipped)} skipped.`,
    cancelled: "The restore was cancelled. What was restored until then stays.",
    missing: (file: string) => `Already missing in the backup: ${file}`,
    setAside: (folder: string) => `The previous data is in ${folder}.`,
    database: (folder: string) => `Restored the database of ${folder}. Files stayed unchanged.`,
    site: (folder: string, at: string) =>
      `Restored ${folder} as of ${at}. All sessions and API keys have been ended.`,
  },

  /** move/move-database.ts; what names kinds of database is in database/move/ */
  moveDatabase: {
    cancel: "take back a move: the database of the settings takes changes again, as it is",
    yes: "with --cancel, do not ask for confirmation",
    json: "print progress and result as JSON",
    progress: "Moving",
    steps: {
      copy: (percent: number, table: string) => `copying ${table}, ${percent} %`,
      compare: (percent: number, table: string) => `comparing ${table}, ${percent} %`,
      switch: (_percent: number, name: string) => `waiting until Trunk8 has left ${name}`,
    },
    running: "Another move or backup of this site is in progress.",
    setByEnvironment: (name: string) =>
      `database.url is set by the environment. Set it to ${name} there and restart Trunk8.`,
    setAside: (file: string) => `The file that an earlier move left is now ${file}.`,
    done: (tables: number, rows: number, name: string) =>
      `Moved ${plural(rows, { one: "1 row", other: `${formatCount(rows)} rows` })} of ${formatCount(tables)} tables to ${name}. Counts and hashes are equal.`,
    finished: (name: string) => `The move to ${name} is complete.`,
    cancelled: (name: string) => `${name} takes changes again.`,
    cancelQuestion: (other: string) =>
      `Changes made in ${other} since the move are not in this database. Go on with it all the same?`,
    cancelNeedsYes: (other: string) =>
      `Changes made in ${other} since the move are not in this database. To go on with it all the same, add --yes.`,
  },

  /** assets.ts */
  assets: {
    summary: "Write the static files to a folder, also compressed, for nginx to serve.",
    out: "folder to write to; created if missing, and nothing in it is deleted",
    progress: "Compressing static files",
    outMissing: "Name the folder to write to: --out DIR",
    cannotWrite: (folder: string, reason: string) => `Cannot write to ${folder}: ${reason}`,
    written: (count: number, folder: string) =>
      `Wrote ${plural(count, { one: "1 file", other: `${formatCount(count)} files` })} to ${folder}. It now holds every static file.`,
  },

  /** config.ts */
  config: {
    summary: "Print the effective settings and where each comes from. Secrets are hidden.",
    json: "print [{key, value, origin}] as JSON",
    savedElsewhere:
      "Settings that administrators saved on the settings page are in the database and are not shown here. They override the file.",
    origin: {
      default: "default",
      file: (path: string) => `file ${path}`,
      database: "database",
      environment: (name: string) => `environment ${name}`,
      flag: "command line",
    },
    secretSet: "(set)",
    secretNotSet: "(not set)",
  },

  /** config-nginx.ts */
  configNginx: {
    summary: "Print an nginx site file for the current settings.",
    domain: "host name of the site (default: that of server.public_url)",
    certificates:
      "folder with fullchain.pem and privkey.pem (default: that of the file of --out, else certbot's)",
    static:
      "the folder that trunk8 assets --out wrote, named static (default: /var/cache/trunk8/static)",
    nodes:
      "the machines of a cluster with their weights: 10.0.1.10:5001=3,10.0.1.11:5001 (default: this machine)",
    out: "write it into FILE instead, test it with nginx -t, and keep the former file if nginx refuses it",
    written: (path: string) => `Written: ${path}. Apply it: systemctl reload nginx`,
    refused: (path: string, reason: string) =>
      `nginx refuses the new file; ${path} is as before. nginx -t says:\n${reason}`,
    cannotWrite: (path: string, code: string) => `Cannot write ${path} (${code}).`,
    domainMissing: "Name the host name of the site: --domain NAME",
    domainInvalid: (domain: string) => `Not a valid host name: ${domain}`,
    nodeInvalid: (node: string) =>
      `--nodes: not an address such as 10.0.1.10:5001 or 10.0.1.10:5001=3 (with a weight): ${node}`,
    staticName:
      "--static must name a folder called static, because nginx appends the URL path to its parent.",
    pathInvalid: (path: string) =>
      `nginx cannot use the path ${path}: use letters, digits and ./_+@- only`,
    warning: {
      publicUrl: (domain: string) => `server.public_url should be https://${domain}.`,
      trustedProxies:
        'server.trusted_proxies should be ["127.0.0.1"]. Otherwise nginx is not trusted and every visitor has its IP address.',
      accelerate: "files.accelerate is empty: Trunk8 sends files itself, through nginx.",
    },
  },

  /** doctor.ts */
  doctor: {
    summary: "Check the site for problems and print how to fix them. The server may be running.",
    deep: "read every stored byte and compare each index with its table",
    fix: "fix what can be fixed safely",
    proxy: "check the reverse proxy at the site's public URL instead",
    json: "print [{check, seen, faults, count, fixed, tookMs}] as JSON",
    progress: (check: string) => `Checking ${check}`,
    noDataFolder: (folder: string) => `Data folder not found: ${folder}`,
    found: (count: number) =>
      plural(count, { one: "1 problem found.", other: `${formatCount(count)} problems found.` }),
    proxyInvalid: "--proxy needs a URL such as https://x.example",
    settingsRemedy: "Correct that line; trunk8 config prints the effective settings.",
    cannotOpen: (reason: string) => `The database cannot be opened: ${reason}`,
    cannotOpenRemedy: "Fix that, then run trunk8 doctor again. The data itself may be intact.",
    ok: "ok",
    fixed: "fixed",
    wrong: "wrong",
    more: (count: number) => `and ${formatCount(count)} more`,
  },

  /** job-commands.ts */
  jobs: {
    summary: "List the periodic jobs and their last runs.",
    json: "print [{name, everySeconds, lastRun: {at, tookMs, holder, failure}}] as JSON",
    progress: (name: string) => `Running ${name}`,
    runSummary: "Run a periodic job now. The server may be running.",
    every: (seconds: number) => `every ${seconds} s`,
    lastRun: (at: string, tookMs: string, holder: string) =>
      `last ${at} for ${tookMs} ms by ${holder}`,
    failed: (reason: string) => `failed: ${reason}`,
    done: (name: string) => `Finished: ${name}`,
    heads: { name: "Job", every: "Every", lastRun: "Last run", took: "Took", details: "Details" },
    seconds: (seconds: string) => `${seconds} s`,
    milliseconds: (ms: string) => `${ms} ms`,
    unknown: (name: string) => `Unknown job: ${name}. See trunk8 jobs.`,
  },
  nodes: {
    summary: "List the machines that run the site.",
    json: "print [{name, version, address, state, clockMs, changesMs, startedAt, seenAt}] as JSON",
    forgetSummary: "Remove a node that does not run from the list.",
    acceptSummary:
      "Make the secret key of this machine that of the site, while no node runs. All users sign in again.",
    accepted: "Accepted. Start all nodes with this key.",
    forgotten: (name: string) => `Removed: ${name}`,
    heads: {
      name: "Node",
      state: "Status",
      version: "Version",
      clock: "Clock",
      changes: "Changes after",
      seen: "Last seen",
      address: "Address",
    },
    states: { ready: "ready", draining: "draining", gone: "stopped", away: "away" },
    milliseconds: (ms: number) => `${formatCount(ms)} ms`,
  },
});
