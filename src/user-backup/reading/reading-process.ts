import { explainDiskFull } from "../../os/system-error.ts";
import { toProblem } from "../../problem.ts";
import { type Language, useLanguage } from "../../text/language.ts";
import { ArchiveOutput, type Reading } from "./archive-output.ts";
import { type ArchiveReading, readUserArchive } from "./read-user-archive.ts";

/** What the process that reads an archive is asked, as JSON on its standard input. */
export interface ReadingRequest extends ArchiveReading {
  readonly language: Language;
}

/** In the process of its own: reads the archive that its standard input names, and answers on standard output. */
export async function runReading(): Promise<void> {
  const { language, ...reading } = (await Bun.stdin.json()) as ReadingRequest;
  useLanguage(language);
  await Bun.write(Bun.stdout, JSON.stringify(await answer(reading)));
}

async function answer(reading: ArchiveReading): Promise<Reading> {
  const output = new ArchiveOutput();
  try {
    const summary = await readUserArchive(reading, output);
    output.end();
    return { summary };
  } catch (thrown) {
    const problem = toProblem(explainDiskFull(thrown));
    if (problem.code === "storage_full") return { isDiskFull: true };
    if (problem.code === "invalid") return { refusal: problem.message };
    throw thrown;
  }
}
