import { resolve } from "node:path";
import type { App } from "../../app.ts";
import { Archive } from "../../archive/archive.ts";
import { writeWhole } from "../../archive/atomic-file.ts";
import { operator } from "../../policy.ts";
import { backUpSite } from "../../site-backup/back-up-site.ts";
import { formatBytes } from "../../text/format.ts";
import { backUpUser } from "../../user-backup/back-up-user.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { withApp } from "../with-app.ts";
import { findOwner } from "./link-commands.ts";

export const backup: Command = {
  synopsis: "backup --all|--user NAME",
  summary: () => "Write everything, or all of one user's, into one archive, while the site runs.",
  words: [0, 0],
  options: {
    all: { doc: () => "everything: the database, all files, the settings" },
    user: { value: "NAME", doc: () => "links, files and visits of one user" },
    out: {
      value: "FILE",
      doc: () => "the archive (default: a new one in backups/ of the data folder)",
    },
  },
  run: (invocation) => run(invocation),
};

async function run(invocation: Invocation): Promise<void> {
  const username = invocation.option("user");
  const given = invocation.option("out");
  const out = given === undefined ? undefined : resolve(given);
  if (invocation.has("all") === (username !== undefined)) {
    throw usageProblem("Say what: --all for everything, or --user NAME.");
  }
  await withApp(invocation, (app) =>
    username === undefined ? everything(app, out) : ofOne(app, username, out),
  );
}

async function everything(app: App, out: string | undefined): Promise<void> {
  const { path, bytes, damaged } = await backUpSite(app, out);
  for (const name of damaged) printNote(`Not as it was stored: ${name}`);
  printResult(`${path} (${formatBytes(bytes)})`);
}

async function ofOne(app: App, username: string, out: string | undefined): Promise<void> {
  const user = await findOwner(app, username);
  const { name, bytes } = await backUpUser(app, operator, user);
  const path = out ?? resolve(app.live.dataFolder, "backups", name);
  await writeWhole(path, bytes, async (draft) => (await Archive.open(draft))[Symbol.dispose]());
  printResult(path);
}
