import { accelHeader, accelPrefix } from "../../http/urls.ts";
import { catalogue } from "../../text/catalogue.ts";
import { formatCount, plural } from "../../text/format.ts";

/** Texts of `trunk8 doctor`: what is wrong, and how to fix it. */
export const text = catalogue({
  failed: (reason: string) => `This check failed: ${reason}`,
  failedRemedy: "Fix the cause, then run trunk8 doctor again.",
  fixFailed: (what: string, reason: string) => `${what} Fixing it failed: ${reason}`,

  permissions: {
    otherOwner: (path: string) => `${path} belongs to a different user than the data folder.`,
    notWritable: (folder: string) => `The current user cannot write to ${folder}.`,
    notWritableRemedy: "Run trunk8 as the user that the service runs as, or as root.",
    readable: (path: string, mode: string) => `Other users can read ${path} (mode ${mode}).`,
  },
  disk: {
    low: (freeMb: number, folder: string, floorMb: number) =>
      `${freeMb} MB of disk space free at ${folder}; at least ${floorMb} MB needed.`,
    lowRemedy: "Free disk space, or lower ops.disk_floor_mb in config.toml.",
  },
  folders: {
    runRemote: (folder: string, type: string) => `${folder} is on a network file system (${type}).`,
    runRemoteRemedy: 'config.toml: [server] run_folder = "/run/trunk8"',
    databaseRemote: (type: string) =>
      `trunk8.db is on a network file system (${type}), where file locks are unreliable.`,
    databaseRemoteRemedy: "Move the data folder to a local disk, or set database.url.",
  },
  program: {
    source: "runs from source; npm run bundle halves its start",
    compiled: "compiled",
  },
  openFiles: {
    serverLimit: (limit: number, needed: number) =>
      `The server may open ${formatCount(limit)} files; ${formatCount(needed)} are recommended.`,
    processLimit: (limit: number, needed: number) =>
      `A process started here may open ${formatCount(limit)} files; ${formatCount(needed)} are recommended.`,
    remedy: "Set LimitNOFILE=65535 in the systemd unit, or run ulimit -n 65535 before the start.",
  },
  fileTimes: {
    future: (name: string, time: string) => `${name} was modified in the future, at ${time}.`,
    remedy: "Set this machine's clock: timedatectl set-ntp true",
  },
  clock: {
    ahead: (seconds: number) =>
      `The database's clock is ${seconds} s ahead of this machine's clock.`,
    behind: (seconds: number) =>
      `The database's clock is ${seconds} s behind this machine's clock.`,
    remedy: "Run on both machines: timedatectl set-ntp true",
  },
  fileStorage: {
    missing: (file: string) =>
      `${file} is missing: the folder is not that of this site's files. Is a share not mounted?`,
    foreign: (file: string) => `${file} is that of another site.`,
    silent: (file: string) => `${file} cannot be read: the share does not answer.`,
    remedy: (file: string, id: string) =>
      `Mount the share that has this site's files. If they are here already: echo ${id} >${file}`,
  },
  orphans: {
    found: (path: string) => `users/${path} belongs to no link.`,
    remedy: (path: string, aside: string) =>
      `Keep it, or move it aside until you are sure: mkdir -p ${aside} && mv ${path} ${aside}/`,
    outnumber: (orphaned: number, known: number) =>
      `${formatCount(orphaned)} files belong to no link, and only ${formatCount(known)} to one: the database is probably old, or of another site. These files may be the only copies.`,
    outnumberRemedy:
      "Move and delete nothing in users/. Check database.url, or restore the newest backup of the database.",
  },
  partialUploads: {
    found: (count: number) =>
      plural(count, {
        one: "1 abandoned upload was left by a crashed process.",
        other: `${formatCount(count)} abandoned uploads were left by crashed processes.`,
      }),
  },
  visits: {
    waiting: (files: number) =>
      plural(files, {
        one: "1 visit journal is waiting to be saved.",
        other: `${formatCount(files)} visit journals are waiting to be saved.`,
      }),
  },
  jobs: {
    failed: (job: string, reason: string) => `The last run of ${job} failed: ${reason}`,
    late: (job: string, at: string) => `${job} is late: it last ran at ${at}.`,
    ahead: (job: string, at: string) =>
      `The last run of ${job} was at ${at}, which is in the future. Was the clock set back?`,
  },
  keys: {
    expired: (keys: number) =>
      plural(keys, {
        one: "1 API key has expired",
        other: `${formatCount(keys)} API keys have expired`,
      }),
    ofDisabled: (keys: number) =>
      plural(keys, {
        one: "1 API key has a disabled owner",
        other: `${formatCount(keys)} API keys have a disabled owner`,
      }),
    unused: (keys: number) =>
      plural(keys, {
        one: "1 API key was not used for a year; if nothing needs it, revoke it",
        other: `${formatCount(keys)} API keys were not used for a year; revoke those that nothing needs`,
      }),
  },
  htmlPages: {
    framed:
      "users' HTML pages are served from the site's own host, in a sandbox and a frame; server.content_origin on another domain separates them",
  },
  password: {
    remedy: "Choose a different TRUNK8_ADMIN_PASSWORD.",
  },

  proxy: {
    cannotConnect: (origin: string, reason: string) => `Cannot connect to ${origin}: ${reason}`,
    otherKey:
      "The site at this URL has a different key than this data folder. Run trunk8 with its settings (TRUNK8_SECRET_KEY), or use another URL.",
    unreachable: (status: number) =>
      `The proxy answers ${status}: it cannot reach Trunk8. Compare server.listen with its upstream.`,
    redirects: (origin: string, status: number) =>
      `${origin} redirects to another URL (${status}). Use that URL.`,
    otherSite: (origin: string, status: number) =>
      `Trunk8 does not answer at ${origin} (${status}); another site does.`,
    noAdministrator: "There is no administrator account.",
    cutOff: "the connection was closed",
    status: (status: number) => `status ${status}`,
    bodyLimit: (passedMb: number, refusedMb: number, answer: string, mostMb: number) =>
      `Files of ${passedMb} MB pass the proxy, but ${refusedMb} MB do not (${answer}). app.max_file_size_mb allows ${mostMb} MB.`,
    haproxyNoLimit:
      "has no such limit; check timeout client, timeout server, and any proxy in between",
    slowBody: (answer: string) => `The proxy refuses a slow upload (${answer}).`,
    buffered: "The proxy buffers uploads completely before it passes them on.",
    haproxyNotBuffered: "remove option http-buffer-request",
    caddyNotBuffered: "remove request_buffers",
    rangeIgnored: "A range of a file was requested, but the whole file was sent.",
    haproxyRange: "remove http-request del-header Range",
    caddyRange: "remove header_up -Range",
    noAccel: "The proxy ignores X-Accel-Redirect: no file is sent.",
    noAccelRemedy: 'config.toml: [files] accelerate = "" (only nginx supports it)',
    accelRemedy: (folder: string) =>
      `nginx: proxy_set_header ${accelHeader} ${accelPrefix}; and location ^~ ${accelPrefix}/ { internal; alias ${folder}/users/; }, running as a user who may read that folder`,
    fileStatus: (status: number) => `A file was answered with status ${status}.`,
    fileDamaged: "A range of a file was answered with different bytes.",
    proxyLogRemedy: "Check the proxy's log.",
    unprotected: "Files are sent without the security headers.",
    unprotectedRemedy:
      "nginx: add_header content-security-policy $upstream_http_content_security_policy; and the other headers that trunk8 config nginx prints",
    longLocation: (length: number, status: number) =>
      `A redirect to a URL of ${formatCount(length)} characters is answered with status ${status}.`,
    caddyNoLimit: "has no such limit",
  },
});
