import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ADMIN_USERNAME, type User } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { stampOf } from "../../archive/timestamp.ts";
import { PRIVATE } from "../../config/file/default-config.ts";
import { effectiveZone } from "../../config/values/time-zone.ts";
import { pathInPlace } from "../../files/blob.ts";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { operator } from "../../policy.ts";
import { Bringing, countPlanned } from "./import-links.ts";
import { MoveReport, type Moving } from "./import-report.ts";
import {
  addSettings,
  CONFIG_FILE,
  type OldSettings,
  readOldSettings,
  replaceSettings,
} from "./import-settings.ts";
import { listOldFiles, type OldFolder, statIfThere } from "./old-folder.ts";
import { type LinksPlan, planLinks } from "./plan-links.ts";
import { type KnownPerson, type OldPerson, readOldPeople } from "./read-users.ts";
import {
  announceNames,
  filesToRename,
  renameOldFiles,
  requireRenamable,
} from "./rename-old-files.ts";

export interface MoveOptions {
  readonly isDryRun: boolean;
  /** Where settings and report go: the app's own, unless a dry run looks into one that is not there yet. */
  readonly dataFolder: string;
}

export interface Moved {
  readonly report: MoveReport;
  /** The file that has it; null after a dry run. */
  readonly reportPath: string | null;
}

/** All that a move-in works with. */
interface Move extends Moving {
  readonly app: App;
  readonly folder: OldFolder;
  readonly report: MoveReport;
}

/**
 * Brings everything of an old folder here. What is here already stays as it is: the same once more finishes what a
 * failure, or a kill at any moment, has left undone, and changes nothing after that.
 * @throws Problem `invalid` where its users.toml is broken, `forbidden` where something may not be read, `busy`,
 * `storage_full`; the old folder is whole then
 */
export async function moveIn(app: App, folder: OldFolder, options: MoveOptions): Promise<Moved> {
  const move = beginMove(app, folder, options);
  const people = await readPeople(move);
  const plan = await planLinks(app, folder, people, move.report);
  const settings = await readOldSettings(folder.root);
  for (const { file, line, message } of settings.remarks) move.report.remark(file, line, message);
  if (move.isDryRun) return await describe(move, plan);
  const files = await filesToRename(folder, people);
  await requireRenamable(folder, files);
  const users = await bringPeople(move, people);
  await new Bringing({ app, folder, report: move.report, users }).bring(plan.links);
  await listUnnamed(move, plan);
  if (folder.isInPlace) {
    await app.movedLinks.undeclare([...users.values()].map(({ id }) => id));
    return await finishInPlace(move, settings, files);
  }
  await addSettings(move.to, settings, move.report);
  return { report: move.report, reportPath: await writeReport(move) };
}

function beginMove(app: App, folder: OldFolder, { isDryRun, dataFolder }: MoveOptions): Move {
  const moving = {
    from: folder.root,
    to: dataFolder,
    isInPlace: folder.isInPlace,
    isDryRun,
    at: app.clock(),
    zone: effectiveZone(app.live.current),
  };
  return { ...moving, app, folder, report: new MoveReport(moving) };
}

async function describe(move: Move, plan: LinksPlan): Promise<Moved> {
  for (const planned of plan.links) countPlanned(move.report, planned);
  await listUnnamed(move, plan);
  return { report: move.report, reportPath: null };
}

async function readPeople(move: Move): Promise<KnownPerson[]> {
  const { app, folder, report, at: now, zone } = move;
  const people = await readOldPeople({ folder, report, now, zone });
  const known: KnownPerson[] = [];
  for (const person of people) {
    const { username } = person.user;
    const account = await app.users.findByUsername(username);
    const isKept = account !== null && username !== ADMIN_USERNAME;
    report.person({ oldName: person.oldName, username, isNew: account === null, isKept });
    known.push({ person, account });
  }
  await remarkOthers(move, people);
  return known;
}

/** What lies in the folders of people whom users.toml does not name, the original served to nobody. */
async function remarkOthers(move: Move, people: readonly OldPerson[]): Promise<void> {
  const { folder, report } = move;
  const names = people.flatMap(({ oldName, user }) =>
    folder.isInPlace ? [oldName, user.username] : [oldName],
  );
  for (const entry of await readdir(folder.users, { withFileTypes: true })) {
    if (!entry.isDirectory() || names.includes(entry.name)) continue;
    const message = "users.toml does not name this user: the folder stays as it is.";
    report.remark(`users/${entry.name}`, null, message);
  }
}

/** The accounts here, by the people's old names. */
async function bringPeople(
  { app }: Move,
  people: readonly KnownPerson[],
): Promise<ReadonlyMap<string, User>> {
  const moving = people.map(({ person: { user } }) => user);
  const users = await app.movedUsers.bring(operator, moving);
  const known = new Map<string, User>();
  for (const [at, { person }] of people.entries()) {
    const user = users[at];
    if (user === undefined) continue;
    known.set(person.oldName, user);
    await nameAdministrator(app, person, user);
  }
  return known;
}

/** That account is here from the start; what it is called is as it was with the original. */
async function nameAdministrator(app: App, { user }: OldPerson, account: User): Promise<void> {
  const { id, username, displayName } = account;
  if (username !== ADMIN_USERNAME || displayName !== "Administrator") return;
  if (user.displayName === ADMIN_USERNAME || user.displayName === displayName) return;
  await app.people.change(operator, id, { displayName: user.displayName });
}

async function listUnnamed({ app, folder, report }: Move, { named }: LinksPlan): Promise<void> {
  for (const [oldName, files] of named) {
    for (const file of await listOldFiles(join(folder.users, oldName, "assets"))) {
      if (files.has(file)) continue;
      const path = folder.isInPlace ? pathInPlace(oldName, file) : null;
      const isOurs = path !== null && (await app.blobs.findByPath(path)) !== null;
      if (!isOurs) report.unnamed(`users/${oldName}/assets/${file}`);
    }
  }
}

/** The report first, since what it tells of is not found again later. */
async function finishInPlace(
  move: Move,
  settings: OldSettings,
  files: readonly string[],
): Promise<Moved> {
  const { folder, report } = move;
  const replaced = settings.isOriginals ? [CONFIG_FILE] : [];
  await announceNames(folder, [...replaced, ...files], report);
  const reportPath = await writeReport(move);
  if (settings.isOriginals) await replaceSettings(move.to, settings);
  await renameOldFiles(folder, files);
  return { report, reportPath };
}

async function writeReport({ to, at, zone, report }: Move): Promise<string> {
  const name = join(to, `move-in-report-${stampOf(at, zone)}`);
  let path = `${name}.txt`;
  for (let count = 2; (await statIfThere(path)) !== null; count++) path = `${name}-${count}.txt`;
  await writeDurably(path, report.text(), PRIVATE);
  await syncFolder(to);
  return path;
}
