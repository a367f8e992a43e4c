import type { App } from "../../../app.ts";
import { describeFault, type RowFault } from "../../../links/csv/read-row.ts";
import { type InputContext, inputContext } from "../../../links/input/link-schema.ts";
import { operator } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { formatList } from "../../../text/format.ts";
import { tryAgain } from "../../../user-backup/restores/try-again.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { isNoteOnScreen } from "../../screen.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { ownerOf } from "../links/link-owner.ts";
import { text } from "../text.en.ts";

export const importCsv: Command = {
  synopsis: "import csv FILE [OPTIONS]",
  summary: () => text.importCsv.summary,
  words: [1, 1],
  examples: ["trunk8 import csv links.csv --dry-run"],
  options: {
    user: { value: "NAME", doc: () => text.links.add.user },
    "dry-run": { doc: () => text.importCsv.dryRun },
    "skip-invalid": { doc: () => text.importCsv.skipInvalid },
  },
  run: (invocation) => withApp(invocation, (app) => run(app, invocation)),
};

async function run(app: App, invocation: Invocation): Promise<void> {
  const { positionals, has } = invocation;
  const file = await findFile(positionals[0] ?? "");
  const owner = await ownerOf(app, invocation);
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  const found = await check(app, file, owner.id, context);
  if (has("dry-run")) return printResult(text.importCsv.found(found.links, found.faults));
  if (found.faults > 0 && !has("skip-invalid"))
    throw new Problem("invalid", text.importCsv.refused(found.faults));
  const { portions } = await app.links.csv.read(file.stream(), context);
  let created = 0;
  for await (const { place, links } of portions) {
    const added = await tryAgain(() => app.links.csv.add(operator, owner.id, links));
    created += added.created.length;
    if (found.faults === 0) printFaults(added.faults);
    if (isNoteOnScreen() && place % 5000 === 0)
      printNote(text.importCsv.progress(created, found.links));
  }
  printResult(text.importCsv.done(created));
}

/** Counts what can be created, and prints what is wrong. */
async function check(app: App, file: Blob, ownerId: number, context: InputContext) {
  const { columns, portions } = await app.links.csv.check(file.stream(), ownerId, context);
  if (columns.ignored.length > 0) printNote(text.importCsv.ignored(formatList(columns.ignored)));
  const count = { links: 0, faults: 0 };
  for await (const { links, faults } of portions) {
    count.links += links.length;
    count.faults += faults.length;
    printFaults(faults);
  }
  return count;
}

async function findFile(path: string): Promise<Blob> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Problem("not_found", text.importCsv.noFile(path));
  return file;
}

function printFaults(faults: readonly RowFault[]): void {
  for (const fault of faults) printNote(text.importCsv.fault(fault.line, describeFault(fault)));
}
