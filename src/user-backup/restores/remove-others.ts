import type { ShortCode } from "../../links/short-code.ts";
import { type RestoreRun, writeProgress } from "./restore-run.ts";

/** Links that one transaction deletes, with their visits. */
const REMOVED = 200;

/**
 * Deletes, in portions, the owner's links that are not in the archive and are older than the restore. Links that a
 * links.toml declares stay.
 * @param step runs each portion; by default, the restore can end between two of them
 */
export async function removeOthers(run: RestoreRun, step = run.step): Promise<void> {
  const { app, owner, record } = run;
  const archived = new Set<string>();
  for await (const page of run.archive.links())
    for (const { shortCode } of page) archived.add(shortCode);
  let after = 0;
  for (;;) {
    const page = { after, newest: record.newestLinkId, limit: REMOVED };
    const links = await app.links.restores.linksUpTo(owner.id, page);
    const last = links.at(-1);
    if (last === undefined) break;
    after = last.id;
    const codes = links.map(({ code }) => code).filter((code) => !archived.has(code));
    if (codes.length > 0) await step(() => removePortion(run, codes));
  }
  await writeProgress(run, { hasRemoved: true });
}

async function removePortion(run: RestoreRun, codes: readonly ShortCode[]): Promise<void> {
  const { app, actor, owner, held, progress } = run;
  const next = { ...progress, removed: progress.removed + codes.length };
  await app.links.restored.putPortion(actor, {
    ownerId: owner.id,
    links: [],
    removed: codes,
    also: (trx) => held.advance(trx, next),
  });
  run.progress = next;
}
