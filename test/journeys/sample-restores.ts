import type { User } from "../../src/accounts/user.ts";
import type { App } from "../../src/app.ts";
import { text } from "../../src/archive/text.en.ts";
import { NOT_BEGUN, type RestoreProgress } from "../../src/links/restores/restore-record.ts";
import type { EndedRestore, HeldRestore, NewRestore } from "../../src/links/restores/restores.ts";
import type { ShortCode } from "../../src/links/short-code.ts";
import { text as linkText } from "../../src/links/text.en.ts";
import { operator } from "../../src/policy.ts";

/** The ids of the sample restores, the first ones of a site. */
export const RESTORES = { done: 1, failed: 2, imported: 3, changed: 4, running: 5 } as const;

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

const IMPORTED: RestoreProgress = {
  ...NOT_BEGUN,
  phase: "links",
  links: 4,
  place: 4,
  restored: 2,
  skippedCount: 2,
  csv: {
    ownOrigins: [],
    zone: "UTC",
    created: [
      {
        shortCode: "spring-menu" as ShortCode,
        target: "https://example.org/a-long-path/of-a-page",
      },
      { shortCode: "K7mPq2x" as ShortCode, target: "https://example.com/" },
    ],
    refused: [
      { line: 3, reason: linkText.shortCode.taken("menu") },
      { line: 5, reason: linkText.target.missing },
    ],
    refusedBytes: 100,
  },
};

const CHANGED: RestoreProgress = {
  ...NOT_BEGUN,
  phase: "links",
  links: 12_340,
  place: 12_340,
  restored: 12_338,
  bulk: { work: { undo: 0 }, before: 12_340, page: null },
};

/** One restore of `owner` in each state. The archive is on no node, so that no process runs them. */
export async function addRestores(app: App, owner: User): Promise<void> {
  const started = {
    ownerId: owner.id,
    archive: "/nowhere.zip",
    isSent: false,
  } as const;
  const take = async (mode: NewRestore["mode"] = "merge") => {
    const { id } = await app.links.restores.create(operator, { ...started, mode });
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
  await end(await take("csv"), { state: "done", progress: IMPORTED, problem: null });
  await end(await take("bulk"), { state: "done", progress: CHANGED, problem: null });
  const running = await take();
  await app.database.write((trx) => running.advance(trx, { ...half, phase: "links" }));
}
