import { resolve } from "node:path";
import type { App } from "../../app.ts";
import { Archive } from "../../archive/archive.ts";
import { writeAtomically } from "../../archive/atomic-file.ts";
import { countBytes } from "../../archive/count-bytes.ts";
import type { Shortfall } from "../../archive/manifest-writer.ts";
import { text as archiveText } from "../../archive/text.en.ts";
import { operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { backUpSite } from "../../site-backup/back-up-site.ts";
import { runBackup } from "../../site-backup/backup-process.ts";
import { formatBytes } from "../../text/format.ts";
import { backUpUser } from "../../user-backup/back-up-user.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { showProgress } from "../show-progress.ts";
import { withApp } from "../with-app.ts";
import { findOwner } from "./links/link-owner.ts";
import { text } from "./text.en.ts";

export const backup: Command = {
  synopsis: "backup --all|--user NAME",
  summary: () => text.backup.summary,
  words: [0, 0],
  examples: ["trunk8 backup --all", "trunk8 backup --user admin --out admin.zip"],
  options: {
    all: { doc: () => text.backup.all },
    user: { value: "NAME", doc: () => text.backup.user },
    out: { value: "FILE", doc: () => text.backup.out },
  },
  run: (invocation) => run(invocation),
};

/** Makes a backup for another process of ours, as the job `back-up-site` asks it to; not for people. */
export const makeBackup: Command = {
  synopsis: "make-backup",
  summary: () => "",
  words: [0, 0],
  options: {},
  run: runBackup,
};

async function run(invocation: Invocation): Promise<void> {
  const username = invocation.option("user");
  const given = invocation.option("out");
  const out = given === undefined ? undefined : resolve(given);
  if (invocation.has("all") === (username !== undefined)) {
    throw usageProblem(text.backup.choose);
  }
  await withApp(invocation, (app) =>
    username === undefined ? backUpAll(app, out) : backUpOne(app, username, out),
  );
}

async function backUpAll(app: App, out: string | undefined): Promise<void> {
  const backup = await showProgress(text.backup.progress, (showDetail) =>
    backUpSite(app, out, (bytes) => showDetail(text.backup.written(formatBytes(bytes)))),
  );
  const { path, bytes, vanished } = backup;
  for (const name of vanished) printNote(text.backup.vanished(name));
  printResult(`${path} (${formatBytes(bytes)})`);
  requireComplete(backup);
}

/**
 * Names what the archive lacks. It is kept, but scripts and systemd learn that it is incomplete.
 * @throws Problem `invalid`
 */
function requireComplete({ missing, damaged }: Shortfall): void {
  for (const name of missing) printNote(text.backup.missing(name));
  for (const name of damaged) printNote(text.backup.damaged(name));
  const count = missing.length + damaged.length;
  if (count > 0) throw new Problem("invalid", archiveText.incomplete(count));
}

async function backUpOne(app: App, username: string, out: string | undefined): Promise<void> {
  const user = await findOwner(app, username);
  const { name, bytes, shortfall } = await backUpUser(app, operator, user);
  const path = out ?? resolve(app.live.dataFolder, "backups", name);
  await showProgress(text.backup.progress, async (showDetail) => {
    const counted = countBytes(bytes, (total) =>
      showDetail(text.backup.written(formatBytes(total))),
    );
    await writeAtomically(path, counted, async (draft) =>
      (await Archive.open(draft))[Symbol.dispose](),
    );
  });
  printResult(path);
  requireComplete(shortfall());
}
