import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfigText } from "../../../src/config/file/config-file.ts";
import { DataFolder } from "../folder.ts";

const KEYS = ["audit.retention_days", "visits.retention_days", "app.max_file_size_mb"];
const TIMES = 25;

test("processes that save to one file concurrently keep each other's changes", async () => {
  using folder = new DataFolder("# ours\n");
  const saver = join(import.meta.dir, "saver.ts");
  const ended = KEYS.map((key) => {
    const command = [process.execPath, saver, folder.path, key, String(TIMES)];
    return Bun.spawn(command, { stderr: "inherit" }).exited;
  });
  expect(await Promise.all(ended)).toEqual(KEYS.map(() => 0));
  const text = readFileSync(folder.config, "utf8");
  const { given } = readConfigText(text, folder.config);
  expect(Object.fromEntries(given.map(({ key, value }) => [key, value]))).toEqual(
    Object.fromEntries(KEYS.map((key) => [key, TIMES])),
  );
  expect(text).toContain("# ours");
});
