import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { backupLock } from "../../../app.ts";
import { stampOf } from "../../../archive/timestamp.ts";
import { systemClock } from "../../../clock.ts";
import { layerOfTable } from "../../../config/database-layer.ts";
import { configPath } from "../../../config/file/config-file.ts";
import { saveSettings } from "../../../config/file/save-settings.ts";
import { type Loaded, readSetting } from "../../../config/layers.ts";
import { loadSettings } from "../../../config/load-settings.ts";
import type { Settings } from "../../../config/settings.ts";
import { effectiveZone } from "../../../config/values/time-zone.ts";
import { holdsDatabase, makeFolders } from "../../../database/data-folders.ts";
import { moveLock } from "../../../database/move/interrupted-move.ts";
import {
  cancelMove,
  finishMove,
  type MoveProgress,
  type MoveReport,
  moveDatabase,
  readSharedSettings,
} from "../../../database/move/move-database.ts";
import { type MoveMark, readMark } from "../../../database/move/move-mark.ts";
import type { MoveSide } from "../../../database/move/move-side.ts";
import {
  isSameDatabase,
  OWN_FILE,
  openAny,
  openSource,
  openTarget,
  type SidePlace,
  TARGETS,
} from "../../../database/move/open-side.ts";
import { text as moveText } from "../../../database/move/text.en.ts";
import { nodeNameOf } from "../../../nodes/node.ts";
import { claimPath, inTurn } from "../../../os/machine-lock.ts";
import { Problem } from "../../../problem.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { prepareDataFolder, requireDataAccess } from "../../data-folder.ts";
import { type ShowDetail, showProgress } from "../../show-progress.ts";
import { text } from "../text.en.ts";

export const moveDatabaseCommand: Command = {
  synopsis: `move-database --to ${TARGETS}`,
  summary: () => moveText.command.summary,
  words: [0, 0],
  examples: [`trunk8 move-database --to ${OWN_FILE}`],
  options: {
    to: { value: TARGETS, doc: () => moveText.command.to },
    cancel: { doc: () => text.moveDatabase.cancel },
    yes: { doc: () => text.moveDatabase.yes },
    json: { doc: () => text.moveDatabase.json },
  },
  run: (invocation) => run(invocation),
};

const STANDARD_INPUT = "-";

/** How often a lock is tried: a running process has it for a moment where it takes back an interrupted move. */
const TRIES = 20;
const WAIT_MS = 50;

/** How long running processes may take to open the new database, and how often that is looked at. */
const FOLLOW_MS = 600_000;
const LOOK_MS = 200;

/** Within that, a running process has noticed that the database was moved. */
const NOTICE_MS = 3000;

interface Move {
  readonly invocation: Invocation;
  readonly loaded: Loaded;
  readonly source: SidePlace;
}

async function run(invocation: Invocation): Promise<void> {
  const { dataFolder, has } = invocation;
  const given = invocation.option("to");
  if ((given === undefined) !== has("cancel")) throw usageProblem(moveText.command.toMissing);
  prepareDataFolder(dataFolder);
  requireDataAccess(dataFolder);
  const loaded = await loadSettings({ ...invocation, flags: {} });
  const runFolder = loaded.settings["server.run_folder"] || join(dataFolder, "run");
  makeFolders(dataFolder, runFolder);
  const source = { url: loaded.settings["database.url"], dataFolder, runFolder };
  const move = { invocation, loaded, source };
  using _lock = await claim(moveLock(runFolder));
  if (given === undefined) return await cancel(move);
  const target = { ...source, url: await readTarget(given) };
  if (isSameDatabase(source.url, target.url)) return await finish(move);
  // No stored file is removed while the rows that name it are copied, and no backup is half of a move.
  using _held = await claim(backupLock(runFolder));
  await moveTo(move, target);
}

async function claim(path: string): Promise<Disposable> {
  for (let tries = 0; tries < TRIES; tries++) {
    const lock = claimPath(path);
    if (lock !== null) return lock;
    await Bun.sleep(WAIT_MS);
  }
  throw new Problem("busy", text.moveDatabase.running);
}

async function readTarget(given: string): Promise<string> {
  if (given === OWN_FILE) return "";
  const raw = given === STANDARD_INPUT ? (await Bun.stdin.text()).trim() : given;
  const read = readSetting("database.url", raw);
  if ("value" in read && typeof read.value === "string" && read.value !== "") return read.value;
  throw usageProblem(moveText.command.notUrl("expected" in read ? read.expected : "a URL"));
}

async function cancel({ invocation, source }: Move): Promise<void> {
  await using side = await openAny(source);
  const mark = await readMark(side);
  if (mark?.state === "moved" && !invocation.has("yes")) {
    const { cancelQuestion, cancelNeedsYes } = text.moveDatabase;
    if (!canAsk()) throw new Problem("bad_request", cancelNeedsYes(mark.other));
    await confirmAtTerminal(cancelQuestion(mark.other));
  }
  await cancelMove(side);
  printResult(text.moveDatabase.cancelled(side.name));
}

/** The settings name the target already: nothing, or the last step, is left to do. */
async function finish({ source: place }: Move): Promise<void> {
  await using side = await openSource(place);
  const mark = await readMark(side);
  if (mark?.state === "arrived") await waitUntilLeft(place, mark);
  if (!(await finishMove(side))) throw new Problem("conflict", moveText.same(side.name));
  printResult(text.moveDatabase.finished(side.name));
}

/** Waits until no process has the old database open, as far as its place is known. */
async function waitUntilLeft({ url, ...place }: SidePlace, { id }: MoveMark): Promise<void> {
  await Bun.sleep(NOTICE_MS);
  if (url === "" || !holdsDatabase(place.dataFolder, "")) return;
  await using old = await openSource({ ...place, url: "" });
  if ((await readMark(old))?.id === id) await waitUntilUnused(old);
}

async function moveTo({ invocation, loaded, source: place }: Move, to: SidePlace): Promise<void> {
  const { settings } = loaded;
  await using source = await openSource(place);
  const opened = await openTarget(to, stampOf(systemClock(), effectiveZone(settings)));
  await using target = opened.side;
  if (opened.aside !== null) printNote(text.moveDatabase.setAside(opened.aside));
  const isJson = invocation.has("json");
  const report = await showProgress(text.moveDatabase.progress, (showDetail) =>
    moveDatabase({
      source,
      target,
      host: nodeNameOf(settings),
      makeId: randomUUID,
      onProgress: isJson ? jsonProgress() : shownProgress(showDetail),
      switchTo: () => switchSettings({ loaded, place, source, to, target }),
      waitUntilUnused: () => waitUntilUnused(source),
    }),
  );
  for (const [table, values] of Object.entries(report.replaced))
    printNote(moveText.replaced(values, table));
  printReport(report, { source, target, isJson });
}

function printReport(
  { tables, replaced }: MoveReport,
  { source, target, isJson }: { source: MoveSide; target: MoveSide; isJson: boolean },
): void {
  if (isJson) {
    const digests = tables.map(({ name, rows, sha256 }) => ({ name, rows, sha256 }));
    printResult(JSON.stringify({ from: source.name, to: target.name, tables: digests, replaced }));
    return;
  }
  const rows = tables.reduce((sum, { rows }) => sum + rows, 0);
  const { finished, done } = text.moveDatabase;
  printResult(tables.length === 0 ? finished(target.name) : done(tables.length, rows, target.name));
}

type OnProgress = (progress: MoveProgress) => void;

function shownProgress(showDetail: ShowDetail): OnProgress {
  return (progress) =>
    showDetail(text.moveDatabase.steps[progress.step](percentOf(progress), progress.table));
}

/** A line for each step, table and percent. */
function jsonProgress(): OnProgress {
  let last = "";
  return (progress) => {
    const { step, table } = progress;
    const line = JSON.stringify({ step, table, percent: percentOf(progress) });
    if (line !== last) printNote(line);
    last = line;
  };
}

function percentOf({ rows, total }: MoveProgress): number {
  return total === 0 ? 100 : Math.floor((rows * 100) / total);
}

interface Switch {
  readonly loaded: Loaded;
  readonly place: SidePlace;
  readonly source: MoveSide;
  readonly to: SidePlace;
  readonly target: MoveSide;
}

/** Settings that nodes share in a database are in the file of a site without one. */
async function switchSettings({ loaded, place, source, to, target }: Switch): Promise<void> {
  const { dataFolder, runFolder } = place;
  const shared =
    place.url !== "" && to.url === "" ? settingsOf(await readSharedSettings(source)) : {};
  const isByFile = loaded.origins["database.url"].from !== "environment";
  const changes = { ...shared, ...(isByFile && { "database.url": to.url }) };
  const save = () => saveSettings(configPath(dataFolder), changes);
  if (Object.keys(changes).length > 0) await inTurn(join(runFolder, "settings"), save);
  if (!isByFile) printNote(text.moveDatabase.setByEnvironment(target.name));
}

function settingsOf(values: ReadonlyMap<string, unknown>): Partial<Settings> {
  return Object.fromEntries(layerOfTable(values).given.map(({ key, value }) => [key, value]));
}

async function waitUntilUnused(source: MoveSide): Promise<void> {
  for (let waited = 0; waited < FOLLOW_MS; waited += LOOK_MS) {
    if (!(await source.isInUse())) return;
    await Bun.sleep(LOOK_MS);
  }
  throw new Problem("busy", moveText.stillUsed(source.name));
}
