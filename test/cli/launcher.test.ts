/** bin/trunk8: which program it starts. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const outer = mkdtempSync(join(tmpdir(), "trunk8-launcher-"));
const folder = join(outer, "trunk8");
afterAll(() => rmSync(outer, { recursive: true }));

const inFolder = (path: string) => join(folder, path);
const write = (path: string, text: string) => writeFileSync(inFolder(path), text);

beforeEach(() => {
  rmSync(outer, { recursive: true });
  for (const path of ["src/links", "dist/program", "node_modules/.bin"])
    mkdirSync(inFolder(path), { recursive: true });
  cpSync(join(root, "bin"), inFolder("bin"), { recursive: true });
  write("node_modules/.bin/bun", '#!/bin/sh\necho "$@"\n');
  chmodSync(inFolder("node_modules/.bin/bun"), 0o755);
  write("package.json", "{}");
  write("src/main.ts", "main");
  write("src/links/link.ts", "link");
});

function run(program: string, ...words: string[]): string {
  return Bun.spawnSync([inFolder(program), ...words])
    .stdout.toString()
    .trim();
}

function makeBundle(): void {
  write("dist/program/key", run("bin/source-key"));
}

const SOURCE = `${inFolder("src/main.ts")} ls`;
const BUNDLE = `${inFolder("dist/program/main.ts")} ls`;

test("starts from source where there is no bundle", () => {
  expect(run("bin/trunk8", "ls")).toBe(SOURCE);
});

test("starts a bundle of the same sources", () => {
  makeBundle();
  expect(run("bin/trunk8", "ls")).toBe(BUNDLE);
});

test.each([
  ["a changed file", () => write("src/links/link.ts", "Link")],
  ["a new file", () => write("src/links/tag.ts", "")],
  ["a file less", () => rmSync(inFolder("src/links/link.ts"))],
  ["a renamed file", () => cpSync(inFolder("src/main.ts"), inFolder("src/other.ts"))],
  ["other libraries", () => write("package.json", '{"dependencies":{}}')],
  ["an empty key", () => write("dist/program/key", "")],
])("starts from source after %s", (_, change) => {
  makeBundle();
  change();
  expect(run("bin/trunk8", "ls")).toBe(SOURCE);
});

function addRuntime(path: string): void {
  mkdirSync(inFolder(`${path}/bin`), { recursive: true });
  write(`${path}/bin/bun`, '#!/bin/sh\necho runtime "$@"\n');
  chmodSync(inFolder(`${path}/bin/bun`), 0o755);
}

test("starts the bundle of a package, which has no sources", () => {
  rmSync(inFolder("src"), { recursive: true });
  rmSync(inFolder("bin/source-key"));
  expect(run("bin/trunk8", "ls")).toBe(BUNDLE);
});

test.each([
  ["below a package", "node_modules/@oven/bun-linux-x64"],
  ["beside a package", "../@oven/bun-linux-aarch64"],
])("uses the runtime that npm installed %s, not the `bun` of another package", (_, path) => {
  addRuntime(path);
  expect(run("bin/trunk8", "ls")).toBe(`runtime ${SOURCE}`);
});

test("says what to do where npm left the runtime out", () => {
  rmSync(inFolder("node_modules"), { recursive: true });
  const { exitCode, stderr } = Bun.spawnSync([inFolder("bin/trunk8"), "ls"]);
  expect(exitCode).toBe(1);
  expect(stderr.toString()).toContain("--omit=optional");
});
