import { Problem } from "../../problem.ts";
import { type Comparison, compareTable } from "./compare-tables.ts";
import { copyTable, type OnRows, pairTables, type TablePair } from "./copy-tables.ts";
import {
  freeze,
  identifier,
  type MoveMark,
  markWith,
  readMark,
  takeDown,
  unmark,
} from "./move-mark.ts";
import type { MoveSide } from "./move-side.ts";
import { tableNames, tablesFor } from "./moved-tables.ts";
import { text } from "./text.en.ts";

export interface MoveProgress {
  readonly step: "copy" | "compare" | "switch";
  readonly table: string;
  readonly rows: number;
  readonly total: number;
}

export interface MoveOrder {
  readonly source: MoveSide;
  readonly target: MoveSide;
  /** The node of the command, by its name. */
  readonly host: string;
  /** For the id of the move. */
  readonly makeId: () => string;
  readonly onProgress: (progress: MoveProgress) => void;
  /** Called when the copy is complete: makes processes that are started from now on use the target. */
  readonly switchTo: () => Promise<void>;
  /** Waits until no process has the source open. */
  readonly waitUntilUnused: () => Promise<void>;
}

export interface MoveReport {
  readonly tables: readonly Comparison[];
  /** Texts that were replaced, by table. */
  readonly replaced: Readonly<Record<string, number>>;
}

/**
 * Moves a site to another database. Until the copy is complete and compared, the source stays what it was: a failure
 * lets it take changes again, and after a kill the running site does so, or the next call goes on.
 * @throws Problem `conflict` where a database is not what it must be, `invalid` where the copy differs
 */
export async function moveDatabase(order: MoveOrder): Promise<MoveReport> {
  const { source, target } = order;
  const site = await readSite(source);
  const begun = await readMark(source);
  const found = await readMark(target);
  requireSource(source, begun, order.host);
  if (begun?.state === "moved") {
    await requireCopied(order, begun, found);
    await finish(order);
    return { tables: [], replaced: {} };
  }
  await requireTarget(target, found, site);
  const mark = begun ?? newMark(order, site);
  if (begun === null)
    await source.transact([...freeze(source.kind, tableNames), ...markWith(mark)]);
  try {
    const report = await copyAll(order, mark, found);
    await switchOver(order, mark);
    return report;
  } catch (thrown) {
    await thawUnlessMoved(source, mark);
    throw thrown;
  }
}

/** What is left to do if the command was killed after `switchTo`: the site is on the target, which takes no changes yet. */
export async function finishMove(target: MoveSide): Promise<boolean> {
  if ((await readMark(target))?.state !== "arrived") return false;
  await target.transact(unmark(target.kind, tableNames));
  return true;
}

/** Settings that administrators saved for all nodes, raw. */
export async function readSharedSettings(side: MoveSide): Promise<ReadonlyMap<string, unknown>> {
  const rows = await side.all("select key, value from setting");
  return new Map(rows.map(({ key, value }) => [String(key), JSON.parse(String(value))]));
}

/**
 * Takes back a move: the database takes changes again as it is.
 * @throws Problem `conflict` if it holds an incomplete copy, `not_found` if it takes part in no move
 */
export async function cancelMove(side: MoveSide): Promise<void> {
  const mark = await readMark(side);
  if (mark === null) throw new Problem("not_found", text.nothingToCancel);
  if (mark.state === "arriving") throw new Problem("conflict", text.arriving(mark.other));
  await side.transact(unmark(side.kind, tableNames));
}

function newMark({ target, host, makeId }: MoveOrder, site: string): MoveMark {
  return { id: makeId(), state: "moving", other: target.name, host, site, done: [] };
}

function requireSource(source: MoveSide, mark: MoveMark | null, host: string): void {
  if (mark === null) return;
  if (mark.state === "arriving" || mark.state === "arrived")
    throw new Problem("conflict", text.halfCopy(source.name));
  if (mark.state === "moving" && mark.host !== host)
    throw new Problem("conflict", text.movingElsewhere(mark.host));
}

/** The source of a complete move can be moved again only to where it went: then only the last steps are missing. */
async function requireCopied(
  { source, target }: MoveOrder,
  { id, site, other }: MoveMark,
  found: MoveMark | null,
): Promise<void> {
  const isCopied =
    found === null
      ? (await readSite(target)) === site
      : found.state === "arrived" && found.id === id;
  if (!isCopied) throw new Problem("conflict", text.movedElsewhere(source.name, other));
}

async function requireTarget(target: MoveSide, mark: MoveMark | null, site: string): Promise<void> {
  const id = await readSite(target);
  if (mark !== null && (mark.state === "moving" || mark.state === "moved"))
    throw new Problem("conflict", text.notEmpty(target.name));
  const owner = mark?.site ?? id;
  if (owner !== "" && owner !== site) throw new Problem("conflict", text.otherSite(target.name));
  if (mark === null && !(await holdsNothing(target)))
    throw new Problem("conflict", text.notEmpty(target.name));
  if (await target.isInUse()) throw new Problem("busy", text.targetInUse(target.name));
}

async function readSite(side: MoveSide): Promise<string> {
  const [row] = await side.all("select id from site");
  return row === undefined ? "" : String(row.id);
}

/** An account for the administrator is made by every first start. */
async function holdsNothing(side: MoveSide): Promise<boolean> {
  const [links, users] = [
    await side.all("select id from link limit 1"),
    await side.all(`select id from ${identifier("user")} limit 2`),
  ];
  return links.length === 0 && users.length < 2;
}

async function copyAll(
  order: MoveOrder,
  mark: MoveMark,
  found: MoveMark | null,
): Promise<MoveReport> {
  const { source, target } = order;
  const pairs = await pairTables(source, target, tablesFor(target.kind));
  const total = await countRows(source, pairs);
  const arriving = { ...mark, state: "arriving", other: source.name } as const;
  const isResumed = found?.id === mark.id;
  if (!isResumed) await begin(target, arriving);
  const done = isResumed ? [...found.done] : [];
  const replaced: Record<string, number> = {};
  const onRows = counting(order, "copy", total);
  for (const pair of pairs) {
    if (done.includes(pair.name)) continue;
    const count = await copyTable(pair, [source, target], onRows);
    if (count > 0) replaced[pair.name] = count;
    done.push(pair.name);
    await target.transact(markWith({ ...arriving, done }));
  }
  await target.complete();
  return { tables: await compareAll(order, pairs, total), replaced };
}

async function compareAll(
  order: MoveOrder,
  pairs: readonly TablePair[],
  total: number,
): Promise<Comparison[]> {
  const onRows = counting(order, "compare", total);
  const tables: Comparison[] = [];
  for (const pair of pairs)
    tables.push(await compareTable(pair, [order.source, order.target], onRows));
  const wrong = tables.filter(({ isEqual }) => !isEqual).map(({ name }) => name);
  if (wrong.length > 0) throw new Problem("conflict", text.differs(wrong.join(", ")));
  return tables;
}

/** In one transaction, so that nothing incomplete is ever unmarked, and no mark is on rows of another move. */
async function begin(target: MoveSide, arriving: MoveMark): Promise<void> {
  await target.transact([
    ...unmark(target.kind, tableNames),
    ...markWith(arriving),
    ...target.clearing(tableNames),
    ...takeDown(await target.parts()),
  ]);
}

async function countRows(side: MoveSide, pairs: readonly TablePair[]): Promise<number> {
  let total = 0;
  for (const { name } of pairs) {
    const [row] = await side.all(`select count(*) as rows from ${identifier(name)}`);
    total += Number(row?.rows ?? 0);
  }
  return total;
}

function counting({ onProgress }: MoveOrder, step: MoveProgress["step"], total: number): OnRows {
  let rows = 0;
  return (table, more) => {
    rows += more;
    onProgress({ step, table, rows, total });
  };
}

/** The first node on the target writes there which secret key is that of the site. */
const frozenAfterArrival = tableNames.filter((name) => name !== "site");

/** From here on the target counts, and it takes no changes until nothing reads the source. */
async function switchOver(order: MoveOrder, mark: MoveMark): Promise<void> {
  const { source, target } = order;
  const arrived = { ...mark, state: "arrived", other: source.name, done: tableNames } as const;
  await target.transact([
    ...unmark(target.kind, tableNames),
    ...freeze(target.kind, frozenAfterArrival),
    ...markWith(arrived),
  ]);
  await source.transact(markWith({ ...mark, state: "moved" }));
  await finish(order);
}

async function finish({
  source,
  target,
  onProgress,
  switchTo,
  waitUntilUnused,
}: MoveOrder): Promise<void> {
  onProgress({ step: "switch", table: source.name, rows: 1, total: 1 });
  await switchTo();
  await waitUntilUnused();
  await target.transact(unmark(target.kind, tableNames));
}

async function thawUnlessMoved(source: MoveSide, { id }: MoveMark): Promise<void> {
  const mark = await readMark(source).catch(() => null);
  if (mark?.state === "moving" && mark.id === id)
    await source.transact(unmark(source.kind, tableNames));
}
