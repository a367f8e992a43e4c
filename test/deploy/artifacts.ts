import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { executableName } from "../../scripts/release/artifacts.ts";
import { ownArchitecture } from "../../scripts/release/executable.ts";
import { LeftOut } from "./report.ts";

const root = join(import.meta.dir, "../..");

/** What a release is made of. */
const parts = ["bin", "deploy", "docs", "scripts", "src", "tsconfig.json"];
const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json", "package-lock.json"];

/** Makes a release for this machine from a copy of the sources; returns its folder. */
export async function makeRelease(folder: string): Promise<string> {
  const copy = join(folder, "src");
  mkdirSync(copy);
  for (const name of [...parts, ...papers])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const words = ["scripts/release/artifacts.ts", releaseIn(folder), ownArchitecture];
  const child = Bun.spawn([process.execPath, ...words], {
    cwd: copy,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
  return releaseIn(folder);
}

function releaseIn(folder: string): string {
  return join(folder, "release");
}

/** The executable for this machine in that folder. @throws LeftOut if it was not made */
export function releasedExecutable(folder: string): string {
  const path = join(releaseIn(folder), executableName(ownArchitecture));
  if (!existsSync(path)) throw new LeftOut("the release was not made");
  return path;
}
