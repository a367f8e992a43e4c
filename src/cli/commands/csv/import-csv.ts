import type { App } from "../../../app.ts";
import type { RowFault } from "../../../links/csv/csv-import.ts";
import { decodeCsv } from "../../../links/csv/csv-rows.ts";
import { inputContext } from "../../../links/input/link-schema.ts";
import { operator } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { formatBytes } from "../../../text/format.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { isNoteOnScreen } from "../../screen.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { ownerOf } from "../links/link-owner.ts";
import { text } from "../text.en.ts";

/** Of a CSV file, which is read whole. */
const MAX_BYTES = 50_000_000;

export const importCsv: Command = {
  synopsis: "import csv FILE [OPTIONS]",
  summary: () => text.importCsv.summary,
  words: [1, 1],
  options: {
    user: { value: "NAME", doc: () => text.links.add.user },
    "dry-run": { doc: () => text.importCsv.dryRun },
    "skip-invalid": { doc: () => text.importCsv.skipInvalid },
  },
  run: (invocation) => withApp(invocation, (app) => run(app, invocation)),
};

async function run(app: App, invocation: Invocation): Promise<void> {
  const { positionals, has } = invocation;
  const csv = await readFile(positionals[0] ?? "");
  const owner = await ownerOf(app, invocation);
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  const { csv: importing } = app.links;
  const { links, faults } = await importing.read(csv, owner.id, context);
  printFaults(faults);
  if (has("dry-run")) return printResult(text.importCsv.found(links.length, faults.length));
  if (faults.length > 0 && !has("skip-invalid"))
    throw new Problem("invalid", text.importCsv.refused(faults.length));
  const late = await importing.add(operator, owner.id, links, (done) => {
    if (isNoteOnScreen() && done % 5000 === 0)
      printNote(text.importCsv.progress(done, links.length));
  });
  printFaults(late);
  printResult(text.importCsv.done(links.length - late.length));
}

async function readFile(path: string): Promise<string> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Problem("not_found", text.importCsv.noFile(path));
  if (file.size > MAX_BYTES)
    throw new Problem("too_large", text.importCsv.tooLarge(formatBytes(MAX_BYTES)));
  return decodeCsv(await file.bytes());
}

function printFaults(faults: readonly RowFault[]): void {
  for (const { line, message } of faults) printNote(text.importCsv.fault(line, message));
}
