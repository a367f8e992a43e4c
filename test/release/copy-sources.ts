import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");

/** What a release is made of. */
const parts = ["bin", "deploy", "docs", "scripts", "src", "tsconfig.json"];
const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json", "package-lock.json"];

/** Copies the sources of a release into a new folder, in which they can be built. */
export function copySources(folder: string): void {
  mkdirSync(folder);
  for (const name of [...parts, ...papers])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  linkLibraries(folder);
}

export function linkLibraries(folder: string): void {
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
