/** Progress of long work at a (pseudo-)terminal, and none of it in scripts. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../src/cli/commands/text.en.ts";
import { text as cliText } from "../../src/cli/text.en.ts";
import { formatBytes } from "../../src/text/format.ts";
import { writeOldFolder } from "../import/python/old-folder.ts";
import { callProgram } from "./program.ts";
import { callAtTerminal } from "./terminal.ts";

const CLEAR_LINE = "\r\u001b[K";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-progress-"));
  await callProgram(folder, ["add", "https://example.com/", "--code", "a"]);
  writeOldFolder(join(folder, "old"));
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = text.backup.written(formatBytes(0));
const rows: [line: string, label: string, detail: string | null][] = [
  ["backup --all --out site.zip", text.backup.progress, written],
  ["backup --user admin --out user.zip", text.backup.progress, written],
  ["restore user.zip --user admin", text.restore.progress, null],
  ["restore site.zip --data other", text.restore.progress, text.restore.files(0, 0)],
  ["import python old", text.importPython.progress, text.importPython.links(0, 0)],
  ["doctor", text.doctor.progress("disk"), null],
  ["jobs run delete-ended-sessions", text.jobs.progress("delete-ended-sessions"), null],
];

/** How long it takes, and how many bytes an archive has, differ from run to run. */
const withoutFigures = (shown: string) => shown.replaceAll(/\d+/g, "0");

test.each(rows)(
  "a terminal shows that work goes on, and afterwards only the result: %s",
  async (line, label, detail) => {
    const terminal = callAtTerminal(folder, line.split(" "));
    await terminal.exited;
    const shown = withoutFigures(terminal.shown());
    const { line: lineOf, lineWithDetail } = cliText.progress;
    expect(shown).toContain(CLEAR_LINE + lineOf(label, 0));
    if (detail !== null) expect(shown).toContain(CLEAR_LINE + lineWithDetail(label, 0, detail));
    const left = shown.split("\n").map((row) => row.split(CLEAR_LINE).at(-1) ?? "");
    expect(left.filter((row) => row.includes(lineOf(label, 0)))).toEqual([]);
  },
  30_000,
);

test("a script gets the result alone", async () => {
  const out = join(folder, "script.zip");
  const result = await callProgram(folder, ["backup", "--user", "admin", "--out", out]);
  expect(result).toEqual({ exitCode: 0, stdout: `${out}\n`, stderr: "" });
});
