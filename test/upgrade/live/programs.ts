import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");

/** The version before: the commit that the fixtures of test/upgrade are of. */
export const OLD = "725086e";

/** Executables of two versions. */
export interface Programs {
  readonly old: string;
  readonly new: string;
}

/** What an executable is built from. */
const parts = ["bin", "deploy", "docs", "scripts", "src", "tsconfig.json", "CHANGELOG.md"];
const papers = ["LICENSE", "README.md", "package.json", "package-lock.json"];

/** Builds both in `folder`: the old one from the history of this clone. */
export async function buildPrograms(folder: string): Promise<Programs> {
  const sources = { old: join(folder, "old"), new: join(folder, "new") };
  for (const source of Object.values(sources)) mkdirSync(source);
  await unpackCommit(OLD, sources.old);
  for (const part of [...parts, ...papers])
    cpSync(join(root, part), join(sources.new, part), { recursive: true });
  return { old: await build(sources.old), new: await build(sources.new) };
}

async function unpackCommit(commit: string, folder: string): Promise<void> {
  const archive = Bun.spawn(["git", "archive", commit], { cwd: root, stdout: "pipe" });
  const tar = Bun.spawn(["tar", "-x", "-C", folder], { stdin: archive.stdout });
  if ((await archive.exited) !== 0 || (await tar.exited) !== 0)
    throw new Error(`This clone has no commit ${commit}.`);
}

async function build(source: string): Promise<string> {
  symlinkSync(join(root, "node_modules"), join(source, "node_modules"));
  const child = Bun.spawn([process.execPath, "scripts/build.ts"], {
    cwd: source,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
  return join(source, "dist/trunk8");
}
