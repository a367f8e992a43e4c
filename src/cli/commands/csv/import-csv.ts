import { describeFault } from "../../../links/csv/read-row.ts";
import { Problem } from "../../../problem.ts";
import { formatList } from "../../../text/format.ts";
import { findServer } from "../../client/find-server.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { showProgress } from "../../show-progress.ts";
import { text } from "../text.en.ts";
import type { CsvImport, OnFault } from "./csv-import.ts";

export const importCsv: Command = {
  synopsis: "import csv FILE [OPTIONS]",
  summary: () => text.importCsv.summary,
  words: [1, 1],
  examples: ["trunk8 import csv links.csv --dry-run"],
  isRemote: true,
  options: {
    user: { value: "NAME", doc: () => text.links.add.user },
    "dry-run": { doc: () => text.importCsv.dryRun },
    "skip-invalid": { doc: () => text.importCsv.skipInvalid },
    json: { doc: () => text.importCsv.json },
  },
  run: async (invocation) => {
    const file = await findFile(invocation.positionals[0] ?? "");
    const server = findServer(invocation);
    if (server === null) {
      const { withImportHere } = await import("./import-here.ts");
      return await withImportHere(invocation, file, (one) => runImport(one, invocation));
    }
    const { openImportThere } = await import("./import-there.ts");
    await runImport(openImportThere(server, invocation, file), invocation);
  },
};

async function runImport(one: CsvImport, { has }: Invocation): Promise<void> {
  const { links, refused, ignored } = await showProgress(text.importCsv.checking, () =>
    withFaults((onFault) => one.check(onFault)),
  );
  if (ignored.length > 0) printNote(text.importCsv.ignored(formatList(ignored)));
  if (has("dry-run"))
    return printResult(
      has("json") ? JSON.stringify({ links, refused }) : text.importCsv.found(links, refused),
    );
  if (refused > 0 && !has("skip-invalid"))
    throw new Problem("invalid", text.importCsv.refused(refused));
  const { created } = await showProgress(text.importCsv.progress, (showDetail) => {
    const show = (created: number) => showDetail(text.importCsv.place(created, links));
    // Without faults before, those are of codes that were taken meanwhile.
    return refused > 0 ? one.run(() => {}, show) : withFaults((onFault) => one.run(onFault, show));
  });
  const json = () => JSON.stringify({ created, refused: links + refused - created });
  printResult(has("json") ? json() : text.importCsv.done(created));
}

async function findFile(path: string): Promise<Blob> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Problem("not_found", text.importCsv.noFile(path));
  return file;
}

/** Prints the lines that are refused, and how many more there are. */
async function withFaults<Result extends { readonly refused: number }>(
  work: (onFault: OnFault) => Promise<Result>,
): Promise<Result> {
  let printed = 0;
  const result = await work((fault) => {
    printNote(text.importCsv.fault(fault.line, describeFault(fault)));
    printed++;
  });
  if (result.refused > printed) printNote(text.importCsv.more(result.refused - printed));
  return result;
}
