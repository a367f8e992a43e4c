import { existsSync } from "node:fs";
import { join } from "node:path";
import { executableName } from "../../scripts/release/artifacts.ts";
import { ownArchitecture } from "../../scripts/release/executable.ts";
import { copySources } from "../release/copy-sources.ts";
import { LeftOut } from "./report.ts";

/** Makes a release for this machine from a copy of the sources; returns its folder. */
export async function makeRelease(folder: string): Promise<string> {
  const copy = join(folder, "src");
  copySources(copy);
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
