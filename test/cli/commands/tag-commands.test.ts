import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/tags/text.en.ts";
import { text as linkText } from "../../../src/links/text.en.ts";
import { callProgram } from "../program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (...words: string[]) => callProgram(folder, words);

async function tags(): Promise<unknown> {
  return JSON.parse((await trunk8("tag", "ls", "--json")).stdout);
}

test("adds tags with a link, lists, renames, merges and removes them", async () => {
  expect((await trunk8("tag", "ls")).stderr).toContain(text.empty);
  const added = await trunk8("add", "https://example.com/", "--code", "a", "--tag", "News, b 2");
  expect(added.exitCode).toBe(0);
  expect(await tags()).toEqual([
    { name: "b 2", links: 1 },
    { name: "News", links: 1 },
  ]);
  expect(await trunk8("tag", "rename", "news", "Current")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining(text.changed(1)),
  });
  const refused = await trunk8("tag", "rename", "current", "B 2");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain(linkText.tags.exists("b 2"));
  await trunk8("tag", "merge", "current", "b 2");
  expect(await tags()).toEqual([{ name: "b 2", links: 1 }]);
  expect((await trunk8("tag", "ls")).stdout).toContain("b 2");
  await trunk8("tag", "rm", "b 2");
  const [link] = JSON.parse((await trunk8("ls", "--json")).stdout);
  expect(link.tags).toEqual([]);
  expect((await trunk8("tag", "rm", "b 2")).stderr).toContain(linkText.tags.noSuchTag("b 2"));
});
