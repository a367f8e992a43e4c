import { join, resolve } from "node:path";
import type { App } from "../../app.ts";
import { Archive } from "../../archive/archive.ts";
import { stampOf } from "../../archive/timestamp.ts";
import { systemClock } from "../../clock.ts";
import { loadSettings } from "../../config/load-settings.ts";
import { effectiveZone } from "../../config/values/time-zone.ts";
import { operator } from "../../policy.ts";
import { restoreSite } from "../../site-backup/restore-site.ts";
import { isOfSite } from "../../site-backup/site-manifest.ts";
import { openLog } from "../../telemetry/log.ts";
import { planRestore } from "../../user-backup/restore-plan.ts";
import { restoreUser } from "../../user-backup/restore-user.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { prepareDataFolder, withApp } from "../with-app.ts";
import { findOwner } from "./link-commands.ts";

export const restore: Command = {
  synopsis: "restore FILE",
  summary: () => "Bring an archive back: of everything into an empty data folder, or of one user.",
  words: [1, 1],
  options: {
    user: { value: "NAME", doc: () => "for an archive of one user: whose it becomes" },
    replace: {
      doc: () => "what is here and not in the archive goes; of everything, it is set aside",
    },
  },
  run: (invocation) => run(invocation),
};

async function run(invocation: Invocation): Promise<void> {
  const [file = ""] = invocation.positionals;
  const username = invocation.option("user");
  using archive = await Archive.open(resolve(file));
  if (username !== undefined) {
    return await withApp(invocation, (app) => ofOne(app, archive, username, invocation));
  }
  if (!isOfSite(archive)) throw usageProblem("This is an archive of one user: add --user NAME.");
  await everything(archive, invocation);
}

async function ofOne(app: App, archive: Archive, username: string, { has }: Invocation) {
  const owner = await findOwner(app, username);
  const mode = has("replace") ? "replace" : "merge";
  const plan = await planRestore(app, operator, { owner, archive, mode });
  await restoreUser(app, operator, plan);
  for (const remark of plan.contents.remarks) printNote(remark);
  for (const { shortCode, reason } of plan.leftOut) printNote(`${shortCode} left out: ${reason}`);
  const { added, overwritten, removed } = plan;
  printResult(
    `${added.length} added, ${overwritten.length} overwritten, ${removed.length} removed.`,
  );
}

async function everything(archive: Archive, invocation: Invocation): Promise<void> {
  const { dataFolder } = invocation;
  prepareDataFolder(dataFolder);
  const { settings } = await loadSettings({ ...invocation, flags: {} });
  const { manifest, aside } = await restoreSite({
    archive,
    dataFolder,
    runFolder: settings["server.run_folder"] || join(dataFolder, "run"),
    databaseUrl: settings["database.url"],
    replaces: invocation.has("replace"),
    stamp: stampOf(systemClock(), effectiveZone(settings)),
    log: openLog("error"),
  });
  const madeAt = new Date(manifest.created_at).toISOString();
  for (const name of manifest.missing) printNote(`Missing in the backup already: ${name}`);
  if (aside !== null) printNote(`What was here before is in ${aside}.`);
  printResult(`${dataFolder} is as it was at ${madeAt}. Everybody signs in anew.`);
}
