import { hostname } from "node:os";
import { join } from "node:path";
import { Passwords } from "./accounts/auth/passwords.ts";
import { ProbePass } from "./accounts/auth/probe-pass.ts";
import { readSecretKey, secretKeyWeakness } from "./accounts/auth/secret-key.ts";
import { Sessions } from "./accounts/auth/sessions.ts";
import { ImportedUsers } from "./accounts/imported-users.ts";
import { UserAdmin } from "./accounts/user-admin.ts";
import { UserRemoval } from "./accounts/user-removal.ts";
import { Users } from "./accounts/users.ts";
import { Audit } from "./audit/audit.ts";
import { SiteSettings } from "./audit/site-settings.ts";
import { type Clock, type Random, systemClock, systemRandom } from "./clock.ts";
import type { LiveSettings } from "./config/live-settings.ts";
import { BYTES_A_MB } from "./config/values/sizes.ts";
import type { Database } from "./database/database.ts";
import { Leases } from "./database/leases.ts";
import { openDatabase } from "./database/open-database.ts";
import { timeDatabase } from "./database/query-timing.ts";
import { Adoption } from "./files/adoption.ts";
import { BlobConsistency } from "./files/blob-consistency.ts";
import { BlobTransfer } from "./files/blob-transfer.ts";
import { Blobs } from "./files/blobs.ts";
import { LocalStore } from "./files/local-store.ts";
import { Thumbnails } from "./files/media/thumbnails.ts";
import { SmallFiles } from "./files/small-files.ts";
import { RateLimit } from "./limits/rate-limit.ts";
import { RATE_LIMIT_TABLE_BYTES, RateLimitTable } from "./limits/rate-limit-table.ts";
import { RequestLimits } from "./limits/request-limits.ts";
import { systemSteadyClock } from "./limits/steady-clock.ts";
import { DeclaredLinks } from "./links/bulk/declared-links.ts";
import { ImportedLinks } from "./links/bulk/imported-links.ts";
import { RestoredLinks } from "./links/bulk/restored-links.ts";
import { kinds } from "./links/link.ts";
import { LinkCache } from "./links/link-cache.ts";
import { LinkConsistency } from "./links/link-consistency.ts";
import { LinkContent } from "./links/link-content.ts";
import { LinkRows } from "./links/link-rows.ts";
import { Links } from "./links/links.ts";
import { LinkTransfer } from "./links/transfer/link-transfer.ts";
import { inTurn, isClaimed } from "./os/machine-lock.ts";
import { mapFile } from "./os/mapped-file.ts";
import { Pages } from "./pages/pages.ts";
import { Renderer } from "./pages/renderer.ts";
import type { Logger } from "./telemetry/log.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { currentTrace } from "./telemetry/trace.ts";
import { useLanguage } from "./text/language.ts";
import { LinkHours } from "./visits/reports/link-hours.ts";
import { Reports } from "./visits/reports/reports.ts";
import { visitorClasses } from "./visits/visit.ts";
import { Visits } from "./visits/visits.ts";

/** The parts of a running Trunk8, joined. */
export interface App {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly live: LiveSettings;
  readonly database: Database;
  readonly limits: RequestLimits;
  readonly passwords: Passwords;
  readonly users: Users;
  readonly userAdmin: UserAdmin;
  readonly userRemoval: UserRemoval;
  readonly sessions: Sessions;
  readonly probePass: ProbePass;
  readonly audit: Audit;
  readonly siteSettings: SiteSettings;
  readonly links: Links;
  readonly linkTransfer: LinkTransfer;
  readonly declaredLinks: DeclaredLinks;
  readonly restoredLinks: RestoredLinks;
  readonly importedUsers: ImportedUsers;
  readonly importedLinks: ImportedLinks;
  readonly blobs: Blobs;
  readonly blobConsistency: BlobConsistency;
  readonly linkConsistency: LinkConsistency;
  readonly smallFiles: SmallFiles;
  readonly thumbnails: Thumbnails;
  readonly renderer: Renderer;
  readonly pages: Pages;
  readonly visits: Visits;
  readonly leases: Leases;
  /** What the processes of this machine share. */
  readonly runFolder: string;
  readonly reports: Reports;
  readonly linkHours: LinkHours;
  /** What the administrator should know, as sentences for the page. */
  readonly warnings: Set<string>;
  /** Whether this opening made the administrator's account, as only the very first does. */
  readonly isNew: boolean;
  /** @param options whether the settings go on being followed, since others use them */
  close(options?: { readonly keepsSettings: boolean }): Promise<void>;
}

export interface AppParts {
  readonly live: LiveSettings;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Milliseconds since the start of the machine. */
  readonly steadyClock?: Clock;
  readonly random?: Random;
}

/** Failed sign-ins for one address and account. */
const SIGN_IN_LIMIT = { name: "sign-in", perMinute: () => 5, burst: 10 };

/** Refused sign-ins of one network that are recorded. */
const REFUSAL_LIMIT = { name: "refusals", perMinute: () => 10, burst: 50 };

/**
 * Opens the data folder and joins the parts, in order; `close` takes them apart in reverse.
 * @throws Problem when the database cannot be opened
 */
export async function openApp({
  live,
  log,
  clock = systemClock,
  steadyClock = systemSteadyClock,
  random = systemRandom,
}: AppParts): Promise<App> {
  const settings = live.current;
  const { dataFolder } = live;
  const runFolder = runFolderOf(live);
  const database = await openDatabase({
    url: settings["database.url"],
    poolSize: settings["database.pool_size"],
    dataFolder,
    runFolder,
    log,
  });
  try {
    await live.share({
      table: database.settings,
      inTurn: (work) => inTurn(join(runFolder, "settings"), work),
    });
    return await joinParts({ live, log, clock, steadyClock, random }, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Marked as in use while a backup of everything is made: then no stored bytes go away. */
export function backupLock(runFolder: string): string {
  return join(runFolder, "backup");
}

function runFolderOf({ current, dataFolder }: LiveSettings): string {
  return current["server.run_folder"] || join(dataFolder, "run");
}

/** What callers have taken of their limits, over all processes of this machine; of this one alone on a full disk. */
function openRateLimitTable(
  runFolder: string,
  { random, log }: Pick<AppParts, "log"> & { random: Random },
) {
  const seed = Buffer.from(random(8)).readBigInt64LE();
  try {
    return new RateLimitTable(mapFile(join(runFolder, "limits"), RATE_LIMIT_TABLE_BYTES), seed);
  } catch (error) {
    log.warn({ err: error }, "Rate limits are per process: no disk space for their shared file");
    return new RateLimitTable(new Uint8Array(RATE_LIMIT_TABLE_BYTES), seed);
  }
}

async function joinParts(
  { steadyClock, ...parts }: Required<AppParts>,
  untimed: Database,
): Promise<App> {
  const { live, log, clock, random } = parts;
  const settings = live.current;
  const followLanguage = () => useLanguage(live.current["app.language"]);
  followLanguage();
  const unfollowLanguage = live.onChange(followLanguage);
  const metrics = new Metrics({ clock, kinds, visitors: visitorClasses });
  const database = timeDatabase(untimed, (operation, ms) => {
    metrics.countDatabase(operation, ms / 1000);
    currentTrace()?.add("database", ms);
  });
  const passwords = new Passwords();
  const table = openRateLimitTable(runFolderOf(live), parts);
  const limited = { table, clock: steadyClock };
  const audit = new Audit({ database, clock });
  const defaultQuota = () => live.current["files.quota_mb"] * BYTES_A_MB;
  const store = new LocalStore(join(live.dataFolder, "users"), random);
  const blobs = new Blobs({
    database,
    store,
    clock,
    random,
    isHeld: () => isClaimed(backupLock(runFolderOf(live))),
    defaultQuota,
  });
  const blobTransfer = new BlobTransfer({ blobs, clock, defaultQuota });
  const contents = new LinkContent(blobs, clock);
  const rows = new LinkRows({ database, audit, contents });
  const linkTransfer = new LinkTransfer({ database, rows, blobTransfer });
  const users = new Users({
    database,
    audit,
    blobs,
    clock,
    random,
    log,
    passwords,
    signInLimit: new RateLimit({ ...SIGN_IN_LIMIT, ...limited }),
    refusalLimit: new RateLimit({ ...REFUSAL_LIMIT, ...limited }),
    adminPassword: settings["admin.password"],
  });
  const secretKey = readSecretKey(settings["secret.key"], live.dataFolder, random);
  const sessions = new Sessions({
    database,
    audit,
    clock,
    random,
    log,
    live,
    secretKey,
    credentialOf: (row) => users.credentialOf(row),
  });
  const cache = new LinkCache(database, settings["links.cache_size"]);
  const links = new Links({ database, rows, contents, cache, clock, random });
  const visits = new Visits({
    database,
    clock,
    random,
    log,
    folder: join(runFolderOf(live), "visits"),
    maxJournalBytes: () => live.current["visits.journal_mb"] * BYTES_A_MB,
  });
  const reports = new Reports({ database, clock });
  const renderer = new Renderer();
  const isNew = await users.ensureAdministrator();
  const weaknesses = [users.adminPasswordWeakness, secretKeyWeakness(settings["secret.key"])];
  const warnings = weaknesses.filter((weakness) => weakness !== null);
  for (const warning of warnings) log.warn(warning);
  return {
    ...parts,
    metrics,
    database,
    limits: new RequestLimits({ ...limited, settings: () => live.current, metrics, log }),
    passwords,
    users,
    userAdmin: new UserAdmin({ database, audit, blobTransfer }),
    userRemoval: new UserRemoval({ database, audit, linkTransfer, reports }),
    sessions,
    probePass: new ProbePass({ secretKey, clock }),
    audit,
    siteSettings: new SiteSettings({ live, audit }),
    links,
    linkTransfer,
    declaredLinks: new DeclaredLinks({ database, rows, contents, blobs, clock }),
    restoredLinks: new RestoredLinks({ rows, contents }),
    importedUsers: new ImportedUsers({ database, audit }),
    importedLinks: new ImportedLinks({ rows, adoption: new Adoption({ clock }), clock }),
    blobs,
    blobConsistency: new BlobConsistency({ database, store }),
    linkConsistency: new LinkConsistency({ database, rows }),
    smallFiles: new SmallFiles({ blobs, clock, maxBytes: settings["files.cache_mb"] * BYTES_A_MB }),
    thumbnails: new Thumbnails(blobs),
    renderer,
    pages: new Pages({ blobs, renderer, clock }),
    visits,
    leases: new Leases(database, clock, `${hostname()} ${process.pid}`),
    runFolder: runFolderOf(live),
    reports,
    linkHours: new LinkHours(database),
    warnings: new Set(warnings),
    isNew,
    close: async ({ keepsSettings } = { keepsSettings: false }) => {
      unfollowLanguage();
      await visits.close();
      renderer.close();
      await live.share(null);
      await database.close();
      if (!keepsSettings) live.close();
    },
  };
}
