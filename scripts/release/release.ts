import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../entry-points.ts";
import { smokeTest } from "../smoke.ts";
import { executableName, packageName } from "./artifacts.ts";
import { ownArchitecture } from "./executable.ts";

/*
 * `npm run release`: makes all artifacts of the last commit in dist/release. It makes them twice, in folders with
 * different names, and fails if a byte differs. Then it tries those for this machine.
 */
const dist = join(root, "dist");
const released = join(dist, "release");

const startedAt = performance.now();
if ((await Bun.$`git status --porcelain`.cwd(root).text()) !== "")
  throw new Error("Commit first: a release is made of a commit.");
const commit = (await Bun.$`git rev-parse HEAD`.cwd(root).text()).trim();
mkdirSync(dist, { recursive: true });
const folder = mkdtempSync(join(dist, "release-"));
try {
  const first = await makeIn(join(folder, "first"));
  report("Made all artifacts");
  const second = await makeIn(join(folder, "second-time"));
  report("Made all artifacts again");
  await compare(first, second);
  report("Compared them: no byte differs");
  await smokeTest(join(first, executableName(ownArchitecture)));
  await tryPackage(join(first, packageName));
  report("Tested the executable and the package of npm on this machine");
  rmSync(released, { recursive: true, force: true });
  renameSync(first, released);
} finally {
  rmSync(folder, { recursive: true });
}
printSizes();

/** Makes the artifacts in a copy of the commit; returns their folder. */
async function makeIn(copy: string): Promise<string> {
  mkdirSync(copy);
  const libraries = join(root, "node_modules");
  await Bun.$`git archive ${commit} | tar -x -C ${copy}`.cwd(root);
  await Bun.$`cp -al ${libraries} ${copy}/node_modules`;
  const made = join(copy, "made");
  await Bun.$`${process.execPath} scripts/release/artifacts.ts ${made}`.cwd(copy);
  return made;
}

async function compare(first: string, second: string): Promise<void> {
  const names = readdirSync(first);
  if (names.join() !== readdirSync(second).join()) throw new Error("Other artifacts were made.");
  const different: string[] = [];
  for (const name of names) {
    const [one, other] = [first, second].map((each) => Bun.file(join(each, name)).bytes());
    if (!Bun.deepEquals(await one, await other)) different.push(name);
  }
  if (different.length > 0) throw new Error(`Not the same twice: ${different.join(", ")}`);
}

/** Installs the package as a user does. */
async function tryPackage(file: string): Promise<void> {
  const prefix = join(folder, "prefix");
  await Bun.$`npm install --global --prefer-offline --prefix ${prefix} ${file}`.quiet();
  await smokeTest(join(prefix, "bin", "trunk8"));
}

function printSizes(): void {
  for (const name of readdirSync(released).sort()) {
    const megabytes = Bun.file(join(released, name)).size / 1e6;
    process.stdout.write(`${megabytes.toFixed(1).padStart(8)} MB  ${name}\n`);
  }
}

function report(what: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(`${what} (${seconds} s).\n`);
}
