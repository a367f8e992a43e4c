import { Problem } from "../../problem.ts";
import { ArchivedVisits, idsByPlace } from "../archived-visits.ts";
import type { CheckedLink, SkippedLink } from "../checked-link.ts";
import { findSharedFiles, RestoredFiles, type SharedFiles } from "../restore-files.ts";
import { judge } from "../restore-plan.ts";
import { linkPortions } from "./portions.ts";
import { removeOthers } from "./remove-others.ts";
import type { RestoreRun } from "./restore-run.ts";

/** Skipped links that are named. */
const MAX_NAMED = 200;

/** Writes the links of an archive from where the restore is, in portions, each link with its file and its total. */
export async function writeLinks(run: RestoreRun): Promise<void> {
  const shared = await findSharedFiles(run.archive);
  let place = 0;
  for await (const page of run.archive.links()) {
    const rest = page.slice(Math.max(0, run.progress.place - place));
    place += page.length;
    for (const part of linkPortions(rest))
      await run.step(() => writeOrMakeSpace(run, part, shared));
  }
}

/** In mode `replace`, the other links are deleted last, or before if the quota needs their space. */
async function writeOrMakeSpace(
  run: RestoreRun,
  part: readonly (CheckedLink | SkippedLink)[],
  shared: SharedFiles,
): Promise<void> {
  try {
    await writePortion(run, part, shared);
  } catch (thrown) {
    const isFull = thrown instanceof Problem && thrown.code === "over_quota";
    if (!isFull || run.record.mode === "merge" || run.progress.hasRemoved) throw thrown;
    await removeOthers(run, (work) => work());
    await writePortion(run, part, shared);
  }
}

/** @throws Problem; then nothing of the portion is written */
async function writePortion(
  run: RestoreRun,
  part: readonly (CheckedLink | SkippedLink)[],
  shared: SharedFiles,
): Promise<void> {
  const { app, actor, owner, archive, held, progress } = run;
  const { links, skipped } = await judge(app, owner, part);
  await using files = await RestoredFiles.store(app, { owner, archive }, links, shared);
  const next = {
    ...progress,
    place: progress.place + part.length,
    restored: progress.restored + links.length,
    skippedCount: progress.skippedCount + skipped.length,
    skipped: [...progress.skipped, ...skipped].slice(0, MAX_NAMED),
  };
  try {
    await app.links.restored.putPortion(actor, {
      ownerId: owner.id,
      links: links.map((link) => files.linkWith(link)),
      removed: [],
      also: async (trx, _, ids) => {
        const totals = new ArchivedVisits([]).of([], idsByPlace(links, ids), links);
        await app.visits.ofLinks.addToLinks(trx, totals);
        await held.advance(trx, next);
      },
    });
  } catch (thrown) {
    // A shared file may be gone with the last link that had it: it is stored again.
    if (thrown instanceof Problem && thrown.code === "busy") shared.stored.clear();
    throw thrown;
  }
  files.keep();
  run.progress = next;
}
