import type { BulkPage, Portion, PortionDone } from "../links/bulk/bulk-work.ts";
import { PortionSize } from "../links/bulk/portions.ts";
import type { BulkProgress } from "../links/restores/restore-record.ts";
import { text } from "../links/text.en.ts";
import { type PortionedRun, writeProgress } from "../user-backup/restores/restore-run.ts";

/** Links left out that the result names. */
const MAX_NAMED = 200;

/**
 * Changes many links in portions, from where the work is to its end. A page that a crash has interrupted is read again:
 * what is changed already is left out.
 */
export async function runBulk(run: PortionedRun): Promise<void> {
  const { app, actor, held } = run;
  if (run.progress.phase === "reading") await run.step(() => begin(run));
  const size = new PortionSize();
  for (let isLast = false; !isLast; ) {
    const { work, page: after } = bulkOf(run);
    const page = await app.links.bulk.read(actor, work, { after, size });
    for (const portion of page.portions)
      await run.step(async () => size.took(await writePortion(run, portion)));
    await endPage(run, page);
    isLast = page.next === null;
  }
  const done = { state: "done" as const, progress: run.progress, problem: null };
  await app.database.write((trx) => held.end(trx, { ...done, endedAt: app.clock() }));
}

function bulkOf({ progress }: PortionedRun): BulkProgress {
  if (progress.bulk === undefined) throw new Error("This is no change of many links.");
  return progress.bulk;
}

async function begin(run: PortionedRun): Promise<void> {
  const { app, actor, held, progress } = run;
  const bulk = bulkOf(run);
  let next = progress;
  await app.links.bulk.begin(actor, bulk.work, async (trx, work, links) => {
    next = { ...progress, phase: "links", links, bulk: { ...bulk, work } };
    await held.advance(trx, next);
  });
  run.progress = next;
}

/** Returns how many milliseconds it took. */
async function writePortion(run: PortionedRun, portion: Portion): Promise<number> {
  const { held, progress } = run;
  const beganAt = performance.now();
  let next = progress;
  await portion(async (trx, done) => {
    next = advanced(run, done);
    await held.advance(trx, next);
  });
  run.progress = next;
  return performance.now() - beganAt;
}

function advanced({ progress }: PortionedRun, { count, taken }: PortionDone) {
  const left = taken.map((shortCode) => ({ shortCode, reason: text.trash.codeTaken(shortCode) }));
  return {
    ...progress,
    place: progress.place + count,
    restored: progress.restored + count,
    skippedCount: progress.skippedCount + left.length,
    skipped: [...progress.skipped, ...left].slice(0, MAX_NAMED),
  };
}

async function endPage(run: PortionedRun, { size, next }: BulkPage): Promise<void> {
  const bulk = bulkOf(run);
  const before = bulk.before + size;
  await writeProgress(run, { place: before, bulk: { ...bulk, before, page: next } });
}
