import { open } from "node:fs/promises";
import type { ReadPortion } from "../../links/csv/csv-import.ts";
import { describeFault, type RowFault } from "../../links/csv/read-row.ts";
import { type InputContext, inputContext } from "../../links/input/link-schema.ts";
import type { Link } from "../../links/link.ts";
import type { CsvProgress, RestoreProgress } from "../../links/restores/restore-record.ts";
import { csvLine, textOfCell } from "../../text/csv-line.ts";
import { type PortionedRun, writeProgress } from "../../user-backup/restores/restore-run.ts";
import { refusedPath } from "../../user-backup/uploaded-archives.ts";

/** Created links, and refused lines, that the result names. */
const MAX_NAMED = 200;

/**
 * Creates the links of an uploaded file in portions, from where the import is to its end. Lines that are refused are
 * listed in a file of their own.
 */
export async function runCsvImport(run: PortionedRun): Promise<void> {
  const { app, record, held, progress } = run;
  const csv = csvOf(progress);
  const context = { ...inputContext(app, csv.ownOrigins, csv.zone), now: record.createdAt };
  if (progress.phase === "reading") {
    const links = await app.links.csv.count(Bun.file(record.archive).stream());
    await run.step(() => writeProgress(run, { phase: "links", links }));
  }
  const { columns, portions } = await read(run, context);
  for await (const portion of portions)
    if (portion.place > run.progress.place)
      await run.step(() => write(run, portion, columns.names));
  const done = { state: "done" as const, progress: run.progress, problem: null };
  await app.database.write((trx) => held.end(trx, { ...done, endedAt: app.clock() }));
}

function csvOf({ csv }: RestoreProgress): CsvProgress {
  return csv ?? { ownOrigins: [], zone: "UTC", created: [], refused: [], refusedBytes: 0 };
}

async function read({ app, record }: PortionedRun, context: InputContext) {
  return await app.links.csv.read(Bun.file(record.archive).stream(), context);
}

/** The file of refused lines is written first: what a crashed portion has left there is written over. */
async function write(
  run: PortionedRun,
  portion: ReadPortion,
  names: readonly string[],
): Promise<void> {
  const { app, actor, owner, held, progress } = run;
  let next = progress;
  await app.links.csv.add(actor, owner.id, portion.links, async (trx, { created, faults }) => {
    const all = [...portion.faults, ...faults].sort((a, b) => a.line - b.line);
    const csv = csvOf(progress);
    const refusedBytes = await listRefused(run, csv.refusedBytes, all, names);
    const refused = all.map((fault) => ({ line: fault.line, reason: describeFault(fault) }));
    next = {
      ...progress,
      place: portion.place,
      restored: progress.restored + created.length,
      skippedCount: progress.skippedCount + all.length,
      csv: {
        ...csv,
        refusedBytes,
        refused: [...csv.refused, ...refused].slice(0, MAX_NAMED),
        created: [...csv.created, ...created.map(nameOf)].slice(0, MAX_NAMED),
      },
    };
    await held.advance(trx, next);
  });
  run.progress = next;
}

function nameOf({ shortCode, target }: Link) {
  return { shortCode, target };
}

/** Appends lines to those of the first `size` bytes; returns their size then. */
async function listRefused(
  { app, record }: PortionedRun,
  size: number,
  faults: readonly RowFault[],
  names: readonly string[],
): Promise<number> {
  if (faults.length === 0) return size;
  const lines = faults.map((fault) =>
    csvLine([
      ...names.map((_, at) => textOfCell(fault.cells[at] ?? "")),
      String(fault.line),
      describeFault(fault),
    ]),
  );
  const heading = size === 0 ? csvLine([...names, "line", "reason"]) : "";
  const bytes = Buffer.from(heading + lines.join(""));
  await using file = await open(refusedPath(app, record.id), size === 0 ? "w" : "r+", 0o600);
  await file.truncate(size);
  await file.write(bytes, 0, bytes.byteLength, size);
  await file.sync();
  return size + bytes.byteLength;
}
