import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findOutdated, settingsTable } from "../../scripts/docs.ts";
import { DataFolder } from "./folder.ts";

test("the generated documents are up to date", async () => {
  const outdated = await findOutdated(join(import.meta.dir, "../.."));
  expect(outdated.map(({ path }) => path)).toEqual([]);
});

test("the settings table replaces only what is between the README's markers", async () => {
  using folder = new DataFolder();
  const readme = folder.put(
    "README.md",
    "a\n<!-- settings:begin -->\nold\n<!-- settings:end -->\nz\n",
  );
  mkdirSync(join(folder.path, "docs"));
  const outdated = await findOutdated(folder.path);
  expect(outdated.map(({ path }) => path)).toEqual([
    join(folder.path, "docs/settings.md"),
    readme,
    join(folder.path, "docs/addresses.md"),
    join(folder.path, "docs/permissions.md"),
  ]);
  expect(outdated[1]?.wanted).toBe(
    `a\n<!-- settings:begin -->\n${settingsTable()}\n<!-- settings:end -->\nz\n`,
  );
});

test("a README without markers is left unchanged", async () => {
  using folder = new DataFolder();
  folder.put("README.md", "<!-- settings:begin --> without an end\n");
  const outdated = await findOutdated(folder.path);
  expect(outdated.map(({ path }) => path)).toEqual([
    join(folder.path, "docs/settings.md"),
    join(folder.path, "docs/addresses.md"),
    join(folder.path, "docs/permissions.md"),
  ]);
});
