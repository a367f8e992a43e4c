import type { Law } from "./source.ts";

const vagueNames =
  /^(utils?|helpers?|common|shared|services?|controllers?|repositor(y|ies)|misc|lib|index)$/;

/** A name describes the contents; these names fit any. */
export const namesAreSpecific: Law = (files) =>
  files
    .filter(({ path }) =>
      path.split("/").some((part) => vagueNames.test(part.split(".", 1)[0] ?? "")),
    )
    .map(({ path }) => `${path} has a name that fits anything`);

/** Imports name the file that declares what they import. */
export const filesDeclareSomething: Law = (files) =>
  files.filter(({ text }) => isBarrel(text)).map(({ path }) => `${path} only re-exports`);

function isBarrel(text: string): boolean {
  const statements = text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  const reExports = /^export\b[^=(]*\bfrom\s/;
  return statements.some((each) => reExports.test(each)) && statements.every(isImportOrExportFrom);
}

function isImportOrExportFrom(statement: string): boolean {
  return /^(import|export)\b[^=(]*\bfrom\s/.test(statement);
}

/** An interface for one class repeats the type of that class. */
export const interfacesHaveSeveralImplementations: Law = (files) => {
  const implemented = files.flatMap(({ text }) =>
    [...text.matchAll(/\bimplements\s+([^{]+)/g)].flatMap(([, names = ""]) =>
      names.split(",").map((name) => name.replace(/<.*/s, "").trim()),
    ),
  );
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/\binterface\s+(\w+)/g)]
      .map(([, name = ""]) => name)
      .filter((name) => implemented.filter((each) => each === name).length === 1)
      .map((name) => `${path}: ${name} has one implementation`),
  );
};

/** A file over 400 lines has more than one subject. */
export const filesAreShort: Law = (files) =>
  files
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > 400)
    .map(({ path, lines }) => `${path} has ${lines} lines`);

/** Files that the map in ARCHITECTURE.md names, and that are not in the module they are listed under. */
export function missingFromMap(map: string, paths: readonly string[]): string[] {
  const block = /```\n([\s\S]*?)```/.exec(map)?.[1] ?? "";
  let module = "";
  return block.split("\n").flatMap((line) => {
    module = /^(src\/[\w-]+)(?:\/| )/.exec(line)?.[1] ?? (/^\w/.test(line) ? "" : module);
    const named = module === "" ? [] : [...line.matchAll(/[\w-]+\.tsx?\b/g)].map(([name]) => name);
    return named
      .filter((name) => !paths.some((path) => path.startsWith(module) && path.endsWith(`/${name}`)))
      .map((name) => `${module} has no ${name}`);
  });
}

/** Migrations without a row in docs/upgrading.md, which says what going back loses; those of 1.0.0-alpha.1 need none. */
export function missingFromGuide(guide: string, migrations: readonly string[]): string[] {
  return migrations
    .filter((name) => name > "0011" && !guide.includes(`\n| \`${name}\` | `))
    .map((name) => `docs/upgrading.md has no row for ${name}`);
}
