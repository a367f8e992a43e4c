import { join } from "node:path";
import { OncePass } from "./accounts/auth/once-pass.ts";
import { openPasswordSlots } from "./accounts/auth/password-slots.ts";
import { PASSWORD_COST, type PasswordCost, Passwords } from "./accounts/auth/passwords.ts";
import { ProbePass } from "./accounts/auth/probe-pass.ts";
import { readSecretKey, secretKeyWeakness } from "./accounts/auth/secret-key.ts";
import { Sessions } from "./accounts/auth/sessions.ts";
import { SiteKey } from "./accounts/auth/site-key.ts";
import { ImportedUsers } from "./accounts/imported-users.ts";
import { Keys } from "./accounts/keys/keys.ts";
import { SentRequests } from "./accounts/sent-requests.ts";
import { UserAdmin } from "./accounts/user-admin.ts";
import { UserRemoval } from "./accounts/user-removal.ts";
import type { UserRow } from "./accounts/user-rows.ts";
import { Users } from "./accounts/users.ts";
import { Audit } from "./audit/audit.ts";
import { SiteSettings } from "./audit/site-settings.ts";
import { type Clock, type Random, systemClock, systemRandom } from "./clock.ts";
import type { LiveSettings } from "./config/live-settings.ts";
import { siteNames } from "./config/values/site-names.ts";
import { BYTES_A_MB } from "./config/values/sizes.ts";
import { effectiveZone } from "./config/values/time-zone.ts";
import type { Database } from "./database/database.ts";
import { fenceDatabase } from "./database/fence-database.ts";
import { Leases } from "./database/leases.ts";
import { openDatabase } from "./database/open-database.ts";
import { noteDurations, timeDatabase, WriteHealth } from "./database/query-timing.ts";
import { BlobConsistency } from "./files/blob-consistency.ts";
import { BlobTransfer } from "./files/blob-transfer.ts";
import { Blobs } from "./files/blobs.ts";
import { Thumbnails } from "./files/media/thumbnails.ts";
import { RemovedMetadata } from "./files/metadata/removed-metadata.ts";
import { SmallFiles } from "./files/small-files.ts";
import { LocalStore } from "./files/store/local-store.ts";
import { SiteMark } from "./files/store/site-mark.ts";
import { Uploads } from "./files/uploads/uploads.ts";
import { ExactLimit } from "./limits/exact-limit.ts";
import { Limiting, REFUSAL_LIMIT, SIGN_IN_LIMIT } from "./limits/limiting.ts";
import { RateLimit } from "./limits/rate-limit.ts";
import { RequestBodies } from "./limits/request-bodies.ts";
import { RequestLimits } from "./limits/request-limits.ts";
import { systemSteadyClock } from "./limits/steady-clock.ts";
import { UploadLimit } from "./limits/upload-limit.ts";
import { kinds } from "./links/link.ts";
import type { Links } from "./links/links.ts";
import { openLinks } from "./links/open-links.ts";
import { RemovalLinks } from "./links/removal/removal-links.ts";
import { nodeNameOf } from "./nodes/node.ts";
import { Nodes } from "./nodes/nodes.ts";
import { inTurn, isClaimed } from "./os/machine-lock.ts";
import { Pages } from "./pages/pages.ts";
import { Renderer } from "./pages/renderer.ts";
import type { Logger } from "./telemetry/log.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { useLanguage } from "./text/language.ts";
import { Countries } from "./visits/country/countries.ts";
import { LinkVisits } from "./visits/reports/link-visits.ts";
import { Reports } from "./visits/reports/reports.ts";
import { SingleVisits } from "./visits/reports/single-visits.ts";
import { visitorClasses } from "./visits/visit.ts";
import { DayKeys } from "./visits/visitors/day-keys.ts";
import { Visits } from "./visits/visits.ts";

/** The parts of a running Trunk8, joined. */
export interface App {
  /** The time of the site: of the database's clock, where several nodes share one. */
  readonly clock: Clock;
  readonly machineClock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly live: LiveSettings;
  readonly database: Database;
  readonly writeHealth: WriteHealth;
  readonly limits: RequestLimits;
  readonly bodies: RequestBodies;
  readonly uploads: UploadLimit;
  readonly audit: Audit;
  readonly siteSettings: SiteSettings;
  readonly files: Files;
  readonly links: Links;
  readonly removals: RemovalLinks;
  readonly pages: Pages;
  readonly visits: Visits;
  readonly accounts: Accounts;
  readonly leases: Leases;
  readonly nodes: Nodes;
  /** What the processes of this machine share. */
  readonly runFolder: string;
  /** What the administrator should know, as sentences for the page. */
  readonly warnings: Set<string>;
  /** Whether this opening made the administrator's account, as only the very first does. */
  readonly isNew: boolean;
  /** @param options whether the settings go on being followed, since others use them */
  close(options?: { readonly keepsSettings: boolean }): Promise<void>;
}

export interface Files {
  readonly blobs: Blobs;
  readonly transfer: BlobTransfer;
  readonly consistency: BlobConsistency;
  readonly siteMark: SiteMark;
  readonly small: SmallFiles;
  readonly thumbnails: Thumbnails;
  readonly uploads: Uploads;
  readonly removedMetadata: RemovedMetadata;
}

export interface Accounts {
  readonly users: Users;
  readonly admin: UserAdmin;
  readonly removal: UserRemoval;
  readonly sessions: Sessions;
  readonly keys: Keys;
  readonly sentRequests: SentRequests;
  readonly passwords: Passwords;
  readonly oncePass: OncePass;
  readonly probePass: ProbePass;
  readonly siteKey: SiteKey;
  readonly imported: ImportedUsers;
}

export interface AppParts {
  readonly live: LiveSettings;
  readonly log: Logger;
  /** Default: the site's. */
  readonly clock?: Clock;
  /** Milliseconds since the start of the machine. */
  readonly steadyClock?: Clock;
  readonly random?: Random;
  /** Default: what protects passwords of people. */
  readonly passwordCost?: PasswordCost;
}

/**
 * Opens the data folder and joins the parts, in order; `close` takes them apart in reverse.
 * @throws Problem when the database cannot be opened
 */
export async function openApp({
  live,
  log,
  clock: given,
  steadyClock = systemSteadyClock,
  random = systemRandom,
  passwordCost = PASSWORD_COST,
}: AppParts): Promise<App> {
  const settings = live.current;
  const { dataFolder } = live;
  const runFolder = runFolderOf(live);
  const database = await openDatabase({
    url: settings["database.url"],
    listenUrl: settings["database.listen_url"],
    serveStaleMs: settings["links.serve_stale_seconds"] * 1000,
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
    const clock = given ?? database.clock ?? systemClock;
    const machineClock = given ?? systemClock;
    // A clock that was given may be set back, which must not lengthen what a limit refuses.
    const limitTime = given === undefined ? clock : steadyClock;
    const clocks = { clock, machineClock, steadyClock, limitTime };
    return await joinParts({ live, log, ...clocks, random, passwordCost }, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

const DAY_MS = 86_400_000;

/** What backups of the site hold, so that no node deletes stored bytes meanwhile. */
export const STORED_FILES = "stored-files";

/** The same for all processes of this machine, in its run folder. */
export function backupLock(runFolder: string): string {
  return join(runFolder, "backup");
}

function runFolderOf({ current, dataFolder }: LiveSettings): string {
  return current["server.run_folder"] || join(dataFolder, "run");
}

interface OpenedParts extends Required<AppParts> {
  readonly machineClock: Clock;
  /** The time by which nodes count the requests of a client together. */
  readonly limitTime: Clock;
}

/** What every module is made of. */
interface Common extends OpenedParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly leases: Leases;
  readonly limiting: Limiting;
  readonly secretKey: string;
}

async function joinParts(parts: OpenedParts, opened: Database): Promise<App> {
  const { live, log, clock, random } = parts;
  const followLanguage = () => useLanguage(live.current["app.language"]);
  followLanguage();
  const unfollowLanguage = live.onChange(followLanguage);
  const metrics = new Metrics({ clock, kinds, visitors: visitorClasses });
  const writeHealth = new WriteHealth();
  const database = timeDatabase(fenceDatabase(opened), noteDurations(metrics), writeHealth);
  const audit = new Audit({ database, clock });
  const secretKey = readSecretKey(live.current["secret.key"], live.dataFolder, random);
  const limiting = openLimiting(parts, { database, secretKey });
  const leases = new Leases(database, `${nodeNameOf(live.current)} ${process.pid}`);
  const common = { ...parts, database, audit, leases, limiting, secretKey };
  const files = await openFiles(common);
  const passwords = new Passwords(openPasswordSlots(runFolderOf(live), log), parts.passwordCost);
  const links = openLinks({ ...common, passwords }, files);
  const visits = openVisits(common);
  const renderer = new Renderer();
  const pages = new Pages({ blobs: files.blobs, renderer, clock });
  const accounts = openAccounts(common, { files, links, visits, passwords });
  const isNew = await accounts.users.ensureAdministrator();
  const warnings = findWeaknesses(live, accounts);
  for (const warning of warnings) log.warn(warning);
  return {
    clock,
    machineClock: parts.machineClock,
    random,
    live,
    log,
    metrics,
    database,
    writeHealth,
    ...openLimits(common, metrics),
    audit,
    siteSettings: new SiteSettings({ live, audit }),
    files,
    links,
    removals: new RemovalLinks({ links, secretKey }),
    pages,
    visits,
    accounts,
    leases,
    nodes: new Nodes({ ...parts, database, settings: live.current, runFolder: runFolderOf(live) }),
    runFolder: runFolderOf(live),
    warnings: new Set(warnings),
    isNew,
    close: async ({ keepsSettings } = { keepsSettings: false }) => {
      unfollowLanguage();
      accounts.passwords.close();
      limiting.close();
      await visits.close();
      renderer.close();
      await live.share(null);
      await database.close();
      if (!keepsSettings) live.close();
    },
  };
}

function findWeaknesses({ current }: LiveSettings, { users }: Accounts): string[] {
  const weaknesses = [users.adminPasswordWeakness, secretKeyWeakness(current["secret.key"])];
  return weaknesses.filter((weakness) => weakness !== null);
}

function openLimiting(
  { live, log, random, steadyClock: clock, limitTime: time }: OpenedParts,
  { database: { limits }, secretKey }: Pick<Common, "database" | "secretKey">,
): Limiting {
  return new Limiting({
    runFolder: runFolderOf(live),
    clock,
    time,
    random,
    log,
    limits,
    secretKey,
  });
}

function openLimits({ live, log, limiting }: Common, metrics: Metrics) {
  const { limited, exchange } = limiting;
  const settings = () => live.current;
  const uploads = new UploadLimit({
    folder: join(runFolderOf(live), "uploads"),
    most: () => live.current["limits.uploads"],
  });
  return {
    limits: new RequestLimits({ ...limited, exchange, settings, metrics, log }),
    bodies: new RequestBodies({
      folder: join(live.dataFolder, "forms"),
      clock: limited.clock,
      settings,
    }),
    uploads,
  };
}

async function openFiles({ live, log, database, leases, clock, random }: Common): Promise<Files> {
  const defaultQuota = () => live.current["files.quota_mb"] * BYTES_A_MB;
  const folder = join(live.dataFolder, "users");
  const siteMark = await SiteMark.open({ database, folder, random, log });
  const runFolder = runFolderOf(live);
  const store = new LocalStore({ folder, runFolder, clock, random, mark: siteMark });
  const isHeld = async () =>
    isClaimed(backupLock(runFolder)) || (await leases.isHeld(STORED_FILES));
  const diskFloor = () => live.current["ops.disk_floor_mb"] * BYTES_A_MB;
  const blobs = new Blobs({ database, store, clock, random, isHeld, defaultQuota, diskFloor });
  const maxBytes = live.current["files.cache_mb"] * BYTES_A_MB;
  const uploads = new Uploads({
    ...{ database, blobs, store, folder, clock, random },
    lockFolder: join(runFolder, "resumable"),
    node: nodeNameOf(live.current),
    keptMs: () => live.current["files.resume_days"] * DAY_MS,
  });
  return {
    blobs,
    transfer: new BlobTransfer({ blobs, clock, defaultQuota }),
    consistency: new BlobConsistency({ database, store }),
    siteMark,
    small: new SmallFiles({ blobs, clock, maxBytes }),
    thumbnails: new Thumbnails(blobs),
    uploads,
    removedMetadata: new RemovedMetadata(database, blobs),
  };
}

function openVisits({ live, log, database, clock, steadyClock, random }: Common): Visits {
  const countrySettings = () => ({
    isOn: live.current["visits.countries"],
    file: live.current["visits.country_file"],
  });
  const zone = () => effectiveZone(live.current);
  const retentionDays = () => live.current["visits.retention_days"];
  return new Visits({
    database,
    keys: new DayKeys({ database, random, folder: join(runFolderOf(live), "visitor-keys") }),
    countries: new Countries({ settings: countrySettings, steadyClock, log }),
    clock,
    steadyClock,
    random,
    log,
    folder: join(runFolderOf(live), "visits"),
    maxJournalBytes: () => live.current["visits.journal_mb"] * BYTES_A_MB,
    zone,
    reports: new Reports({ database, clock, zone, retentionDays }),
    ofLinks: new LinkVisits(database),
    singles: new SingleVisits(database),
  });
}

interface BelowAccounts {
  readonly files: Files;
  readonly links: Links;
  readonly visits: Visits;
  readonly passwords: Passwords;
}

function openAccounts(
  { live, log, database, audit, clock, random, limiting, secretKey }: Common,
  { files, links, visits, passwords }: BelowAccounts,
): Accounts {
  const settings = live.current;
  const { limited, shared } = limiting;
  const users = new Users({
    database,
    audit,
    blobs: files.blobs,
    clock,
    random,
    log,
    passwords,
    signInLimit: new ExactLimit(new RateLimit({ ...SIGN_IN_LIMIT, ...limited }), shared),
    refusalLimit: new RateLimit({ ...REFUSAL_LIMIT, ...limited }),
    adminPassword: settings["admin.password"],
    siteNames: () => siteNames(live.current),
  });
  const credentialOf = (row: UserRow) => users.credentialOf(row);
  return {
    users,
    admin: new UserAdmin({ database, audit, blobTransfer: files.transfer }),
    removal: new UserRemoval({
      database,
      audit,
      linkTransfer: links.transfer,
      reports: visits.reports,
    }),
    sessions: new Sessions({ database, audit, clock, random, log, live, secretKey, credentialOf }),
    keys: new Keys({ database, audit, clock, random, log, secretKey }),
    sentRequests: new SentRequests({ database, clock }),
    passwords,
    oncePass: new OncePass({ secretKey, clock, random, limited, shared }),
    probePass: new ProbePass({ secretKey, clock }),
    siteKey: new SiteKey({ database, secretKey }),
    imported: new ImportedUsers({ database, audit }),
  };
}
