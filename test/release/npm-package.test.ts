/** What `npm pack` makes: a package that runs with nothing but Bun. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smokeTest } from "../../scripts/smoke.ts";
import { version } from "../../src/version.ts";
import { copySources, ROOT } from "./copy-sources.ts";

const folder = mkdtempSync(join(tmpdir(), "trunk8-package-"));
const copy = join(folder, "copy");
const unpacked = join(folder, "package");
afterAll(() => rmSync(folder, { recursive: true }));

/** In a copy, since npm changes package.json while it packs. */
beforeAll(async () => {
  copySources(copy);
  await Bun.$`npm pack --silent --pack-destination ${folder}`.cwd(copy).quiet();
  await Bun.$`tar -xzf ${folder}/trunk8-${version}.tgz -C ${folder}`;
}, 60_000);

async function manifestIn(place: string) {
  return await Bun.file(join(place, "package.json")).json();
}

test("needs nothing but Bun for one kind of machine", async () => {
  const { dependencies, optionalDependencies, scripts, devDependencies } =
    await manifestIn(unpacked);
  expect([dependencies, scripts, devDependencies]).toEqual([undefined, undefined, undefined]);
  expect(Object.keys(optionalDependencies)).toContain("@oven/bun-linux-x64");
  const { dependencies: ours } = await manifestIn(ROOT);
  expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([ours.bun]));
});

test("contains what is needed at run time", () => {
  expect(readdirSync(unpacked).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bin",
    "dist",
    "package.json",
  ]);
  expect(readdirSync(join(unpacked, "bin"))).toEqual(["trunk8"]);
  expect(readdirSync(join(unpacked, "dist")).sort()).toEqual(["LICENSES.txt", "program"]);
});

test("passes on the licenses of its libraries", async () => {
  const licenses = await Bun.file(join(unpacked, "dist/LICENSES.txt")).text();
  for (const words of [/^hono \d/m, /^@fontsource\/lato \d/m, /SIL OPEN FONT LICENSE/i])
    expect(licenses).toMatch(words);
});

test("leaves package.json as it was", async () => {
  expect(await manifestIn(copy)).toEqual(await manifestIn(ROOT));
  expect(existsSync(join(copy, "dist/package.json"))).toBe(false);
});

test("runs", async () => {
  const runtime = join(unpacked, "node_modules/@oven/bun-linux-x64/bin");
  mkdirSync(runtime, { recursive: true });
  cpSync(process.execPath, join(runtime, "bun"));
  await smokeTest(join(unpacked, "bin/trunk8"));
}, 60_000);
