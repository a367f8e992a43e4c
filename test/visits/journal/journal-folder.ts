import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives fresh folders, removed when the file's tests are done. */
export function useFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), "trunk8-visits-"));
  afterAll(() => rmSync(root, { recursive: true }));
  return () => mkdtempSync(join(root, "folder-"));
}
