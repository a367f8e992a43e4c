import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { copySources, linkLibraries, ROOT } from "../../release/copy-sources.ts";

/** The version before: the commit that the fixtures of test/upgrade are of. */
const OLD = "725086e";

/** Executables of two versions. */
export interface Programs {
  readonly old: string;
  readonly new: string;
}

/** Builds both in `folder`: the old one from the history of this clone. */
export async function buildPrograms(folder: string): Promise<Programs> {
  const sources = { old: join(folder, "old"), new: join(folder, "new") };
  await unpackCommit(OLD, sources.old);
  copySources(sources.new);
  return { old: await build(sources.old), new: await build(sources.new) };
}

async function unpackCommit(commit: string, folder: string): Promise<void> {
  mkdirSync(folder);
  const archive = Bun.spawn(["git", "archive", commit], { cwd: ROOT, stdout: "pipe" });
  const tar = Bun.spawn(["tar", "-x", "-C", folder], { stdin: archive.stdout });
  if ((await archive.exited) !== 0 || (await tar.exited) !== 0)
    throw new Error(`This clone has no commit ${commit}.`);
  linkLibraries(folder);
}

async function build(source: string): Promise<string> {
  const child = Bun.spawn([process.execPath, "scripts/build.ts"], {
    cwd: source,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
  return join(source, "dist/trunk8");
}
