import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import lock from "../../package-lock.json" with { type: "json" };
import { root } from "../entry-points.ts";

interface Library {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

const BUN_LICENSES = `MIT. The licenses of what it contains, such as JavaScriptCore (LGPL 2), are listed at
https://bun.com/docs/project/license
`;

/** The licenses of all libraries that our artifacts contain, which most of them ask to be passed on. */
export function libraryLicenses(): string {
  const libraries = Object.entries<Library>(lock.packages);
  return libraries
    .filter(([path, { dev, optional }]) => path !== "" && !dev && !optional)
    .map(([path, library]) => describe(path, library))
    .join(`\n${"-".repeat(80)}\n\n`);
}

function describe(path: string, { version, license = "" }: Library): string {
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  return `${name} ${version}\n\n${name === "bun" ? BUN_LICENSES : licenseIn(path, license)}`;
}

function licenseIn(path: string, license: string): string {
  const folder = join(root, path);
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|ofl|copying)\b/i.test(each));
  return file === undefined ? `${license}\n` : readFileSync(join(folder, file), "utf8");
}
