import { ArchivedVisits, readVisitors, rowsOf, type VisitsRow } from "../archived-visits.ts";
import { rowPortions } from "./portions.ts";
import type { RestoreRun } from "./restore-run.ts";

/**
 * Adds the visits of the restored links from where the restore is, in portions, and then to the totals of their owner.
 * Links that were deleted, or transferred, meanwhile are left out.
 */
export async function writeVisits(run: RestoreRun): Promise<void> {
  const { app, owner, archive } = run;
  const visits = new ArchivedVisits(await readVisitors(archive));
  const idOf = await findIds(run);
  let row = 0;
  for await (const page of archive.hours()) {
    const rows = rowsOf(page);
    visits.note(rows);
    const rest = rows.slice(Math.max(0, run.progress.row - row));
    row += rows.length;
    for (const part of rowPortions(rest))
      await run.step(() => writePortion(run, { part, visits, idOf }));
  }
  await app.visits.ofLinks.raiseOwner(owner.id, visits.times, (portion) =>
    run.step(() => app.database.write(portion)),
  );
}

interface VisitsPortion {
  readonly part: readonly VisitsRow[];
  readonly visits: ArchivedVisits;
  readonly idOf: ReadonlyMap<number, number>;
}

async function writePortion(run: RestoreRun, { part, visits, idOf }: VisitsPortion): Promise<void> {
  const { app, owner, held, progress } = run;
  const next = { ...progress, row: progress.row + part.length };
  const places = new Set(part.map(([place]) => place));
  const wanted = [...places].flatMap((place) => {
    const id = idOf.get(place);
    return id === undefined ? [] : [[place, id] as const];
  });
  await app.database.write(async (trx) => {
    const ids = wanted.map(([, id]) => id);
    const own = new Set(await app.links.restores.ownIds(trx, owner.id, ids));
    const left = new Map(wanted.filter(([, id]) => own.has(id)));
    await app.visits.ofLinks.addToLinks(trx, visits.of(part, left, []));
    await held.advance(trx, next);
  });
  run.progress = next;
}

/** The ids of the links that this restore has written, by their places in the archive. */
async function findIds({ app, owner, record, archive }: RestoreRun): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for await (const page of archive.links()) {
    const links = page.flatMap((link) => ("reason" in link ? [] : [link]));
    const existing = await app.links.declared.find(
      links.map(({ shortCode }) => shortCode),
      owner.id,
    );
    const byCode = new Map(existing.map((link) => [link.shortCode, link]));
    for (const { place, shortCode } of links) {
      const link = byCode.get(shortCode);
      const isRestored = link?.ownerId === owner.id && link.id > record.newestLinkId;
      if (link !== undefined && isRestored) found.set(place, link.id);
    }
  }
  return found;
}
