import { copyFileSync, existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { makeBundle } from "../bundle.ts";
import { root } from "../entry-points.ts";
import { libraryLicenses } from "./licenses.ts";

/*
 * What `npm pack` calls before and after it packs. The package contains a bundle of the program with its libraries and
 * all that it serves, so it depends on Bun alone. While npm packs, package.json says so.
 */
const file = join(root, "package.json");
const saved = join(root, "dist", "package.json");

switch (process.argv[2]) {
  case "prepack":
    await prepack();
    break;
  case "postpack":
    restore();
    break;
  default:
    throw new Error("npm calls this: npm pack");
}

async function prepack(): Promise<void> {
  if (existsSync(saved)) throw new Error(`Packing was interrupted: mv '${saved}' '${file}'`);
  await makeBundle();
  await Bun.write(join(root, "dist", "LICENSES.txt"), libraryLicenses());
  copyFileSync(file, saved);
  await Bun.write(file, `${JSON.stringify(packedManifest(), null, 2)}\n`);
}

function restore(): void {
  renameSync(saved, file);
}

function packedManifest(): object {
  const { name, version, description, license, type, bin, files, dependencies } = manifest;
  const { bun } = dependencies;
  return {
    ...{ name, version, description, license, type, bin, files },
    // For npm alone: the program runs on Bun.
    engines: { node: ">=18" },
    os: ["linux", "darwin"],
    /*
     * Not `bun` itself: it has an install script, which npm may refuse to run, and older versions of npm keep its
     * executable twice. Each of these has `os`, `cpu` and `libc`, so npm takes one.
     */
    optionalDependencies: Object.fromEntries(
      ["linux-x64", "linux-aarch64", "darwin-x64", "darwin-aarch64"].map((machine) => [
        `@oven/bun-${machine}`,
        bun,
      ]),
    ),
  };
}
