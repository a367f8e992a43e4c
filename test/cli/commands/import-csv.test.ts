import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/text.en.ts";
import { callProgram } from "../program.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (...words: string[]) => callProgram(folder, words, {});

test("creates links from a CSV file: none while a line is wrong, or the good ones", async () => {
  const rows = "url;code\nhttps://example.com/;one\njavascript:x;two\n";
  writeFileSync(join(folder, "links.csv"), rows);
  const dry = await trunk8("import", "csv", "links.csv", "--dry-run");
  expect(dry.stdout.trim()).toBe(text.importCsv.found(1, 1));
  const refused = await trunk8("import", "csv", "links.csv");
  expect(refused.stderr).toContain(text.importCsv.refused(1));
  expect((await trunk8("ls")).stdout).toBe("");
  const done = await trunk8("import", "csv", "links.csv", "--skip-invalid");
  expect(done.stdout.trim()).toBe(text.importCsv.done(1));
  expect(done.stderr).toContain("3");
  const exported = await trunk8("export", "--csv", "--user", "admin");
  expect(exported.stdout).toContain("\none,https://example.com/,");
});

test("says which file is missing", async () => {
  const { stderr } = await trunk8("import", "csv", "none.csv");
  expect(stderr).toContain(text.importCsv.noFile("none.csv"));
});
