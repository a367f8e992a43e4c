import type { User } from "../../src/accounts/user.ts";
import type { App } from "../../src/app.ts";
import { text } from "../../src/archive/text.en.ts";
import { NOT_BEGUN, type RestoreProgress } from "../../src/links/restores/restore-record.ts";
import type { EndedRestore, HeldRestore } from "../../src/links/restores/restores.ts";
import { operator } from "../../src/policy.ts";

/** The ids of the sample restores, the first ones of a site. */
export const RESTORES = { done: 1, failed: 2, running: 3 } as const;

const skipped = [
  { shortCode: "menu", reason: "Another user has this short code." },
  { shortCode: "old-form", reason: "The destination is not a valid URL." },
];

const DONE: RestoreProgress = {
  ...NOT_BEGUN,
  phase: "visits",
  links: 12_340,
  place: 12_340,
  restored: 12_338,
  skippedCount: skipped.length,
  skipped,
};

/** One restore of `owner` in each state. The archive is on no node, so that no process runs them. */
export async function addRestores(app: App, owner: User): Promise<void> {
  const started = {
    ownerId: owner.id,
    mode: "merge",
    archive: "/nowhere.zip",
    isSent: false,
  } as const;
  const take = async () => {
    const { id } = await app.links.restores.create(operator, started);
    const held = await app.links.restores.take({ id, holder: "" }, "another-node 1");
    if (held === null) throw new Error(`Restore ${id} was taken.`);
    return held;
  };
  const end = async (held: HeldRestore, ended: Omit<EndedRestore, "endedAt">) =>
    await app.database.write((trx) => held.end(trx, { ...ended, endedAt: app.clock() }));

  await end(await take(), { state: "done", progress: DONE, problem: null });
  const message = text.damaged("minutes.pdf");
  const problem = { code: "invalid", message, fields: { backup_file: message } } as const;
  const half = { ...DONE, place: 4000, restored: 3998, skipped: [], skippedCount: 0 };
  await end(await take(), { state: "failed", progress: half, problem });
  const running = await take();
  await app.database.write((trx) => running.advance(trx, { ...half, phase: "links" }));
}
