import { expect, test } from "bun:test";
import { join } from "node:path";
import { findOutdated } from "../../scripts/docs.ts";
import { DataFolder } from "./folder.ts";

test("the generated documents of this repository are up to date", async () => {
  const outdated = await findOutdated(join(import.meta.dir, "../.."));
  expect(outdated.map(({ path }) => path)).toEqual([]);
});

test("a generated document that is missing is outdated", async () => {
  using folder = new DataFolder();
  const outdated = await findOutdated(folder.path);
  const names = ["settings.md", "urls.md", "permissions.md", "limits.md", "openapi.json"];
  expect(outdated.map(({ path }) => path)).toEqual([
    ...names.map((name) => join(folder.path, "docs", name)),
    join(folder.path, "src/web/static/themes/used-classes.ts"),
  ]);
});
