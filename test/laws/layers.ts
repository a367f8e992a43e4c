import { importsOf, type Law, moduleOf } from "./source.ts";

/** The modules from top to bottom. An import goes to a later row. */
const layers: readonly (readonly string[])[] = [
  ["main.ts"],
  ["cli"],
  ["server"],
  ["web", "api"],
  ["jobs", "health"],
  ["import"],
  ["site-backup"],
  ["user-backup"],
  ["links-file"],
  ["archive"],
  ["http"],
  ["app.ts"],
  ["accounts"],
  ["pages", "visits"],
  ["links"],
  ["audit"],
  ["files"],
  ["limits", "nodes"],
  ["config"],
  ["database"],
  ["telemetry"],
  ["os"],
  ["policy.ts", "parse-input.ts"],
  ["problem.ts", "clock.ts", "version.ts", "fault.ts"],
  ["text"],
];

/** Tables and permissions are typed in terms of the domain modules; at run time they import none of them. */
const mayImportTypes = [
  "src/database/schema.ts",
  "src/database/tables/link-tables.ts",
  "src/policy.ts",
];

const layerOf = (path: string): number =>
  layers.findIndex((modules) => modules.includes(moduleOf(path)));

/** Imports point down. Modules of one layer import only types of each other. */
export const importsPointDown: Law = (files) =>
  files.flatMap((file) =>
    importsOf(file)
      .filter(({ path }) => path.startsWith("src/"))
      .filter(({ path, isTypeOnly }) => !mayImport(file.path, path, isTypeOnly))
      .map(({ path }) => `${file.path} imports ${path}`),
  );

function mayImport(from: string, to: string, isTypeOnly: boolean): boolean {
  if (moduleOf(from) === moduleOf(to)) return true;
  if (isTypeOnly && mayImportTypes.includes(from)) return true;
  const down = layerOf(to) - layerOf(from);
  return down > 0 || (down === 0 && isTypeOnly);
}

/** No file imports itself, directly or through others, types included. */
export const noImportCycles: Law = (files) => {
  const next = new Map(
    files.map((file) => [file.path, importsOf(file).map(({ path }) => path)] as const),
  );
  return files
    .filter(({ path }) => reaches(path, path, next))
    .map(({ path }) => `${path} imports itself`);
};

function reaches(from: string, goal: string, next: ReadonlyMap<string, string[]>): boolean {
  const seen = new Set<string>();
  const waiting = [...(next.get(from) ?? [])];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === goal) return true;
    if (!seen.has(at)) waiting.push(...(next.get(at) ?? []));
    seen.add(at);
  }
  return false;
}

/** Every file in src belongs to a module of the list above. */
export const everyModuleIsKnown: Law = (files) =>
  files
    .filter(({ path }) => path.startsWith("src/") && layerOf(path) < 0)
    .map(({ path }) => `${path} belongs to no known module`);
