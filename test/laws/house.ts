import { importsOf, type Law, roomOf } from "./source.ts";

/** The house from the roof to the foundations. An import goes to a later row. */
const storeys: readonly (readonly string[])[] = [
  ["main.ts"],
  ["cli"],
  ["server"],
  ["web", "api"],
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
  ["limits"],
  ["config"],
  ["database"],
  ["telemetry"],
  ["os"],
  ["policy.ts"],
  ["problem.ts", "clock.ts", "version.ts", "fault.ts"],
  ["text"],
];

/** The tables and the permissions are typed in the nouns' words; at run time they know no noun. */
const speakNounsTypes = ["src/database/schema.ts", "src/policy.ts"];

const drawers =
  /^(utils?|helpers?|common|shared|services?|controllers?|repositor(y|ies)|misc|lib|index)$/;

const storeyOf = (path: string): number =>
  storeys.findIndex((rooms) => rooms.includes(roomOf(path)));

/** Imports point down. A neighbour on the same storey may lend its types, no more. */
export const importsPointDown: Law = (files) =>
  files.flatMap((file) =>
    importsOf(file)
      .filter(({ path }) => path.startsWith("src/"))
      .filter(({ path, isTypeOnly }) => !mayImport(file.path, path, isTypeOnly))
      .map(({ path }) => `${file.path} imports ${path}`),
  );

function mayImport(from: string, to: string, isTypeOnly: boolean): boolean {
  if (roomOf(from) === roomOf(to)) return true;
  if (isTypeOnly && speakNounsTypes.includes(from)) return true;
  const down = storeyOf(to) - storeyOf(from);
  return down > 0 || (down === 0 && isTypeOnly);
}

/** No file needs itself, not even through types. */
export const noCircles: Law = (files) => {
  const next = new Map(
    files.map((file) => [file.path, importsOf(file).map(({ path }) => path)] as const),
  );
  return files
    .filter(({ path }) => reaches(path, path, next))
    .map(({ path }) => `${path} leads back to itself`);
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

/** Whatever lies in src has a place in the house. */
export const everyRoomIsKnown: Law = (files) =>
  files
    .filter(({ path }) => path.startsWith("src/") && storeyOf(path) < 0)
    .map(({ path }) => `${path} is in no room of the house`);

/** A name says what is inside; these say nothing. */
export const noDrawers: Law = (files) =>
  files
    .filter(({ path }) => path.split("/").some((part) => drawers.test(part.split(".", 1)[0] ?? "")))
    .map(({ path }) => `${path} is a drawer`);

/** Everybody imports a thing from the file that holds it. */
export const noBarrels: Law = (files) =>
  files.filter(({ text }) => isBarrel(text)).map(({ path }) => `${path} only passes on`);

function isBarrel(text: string): boolean {
  const statements = text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  const passesOn = /^export\b[^=(]*\bfrom\s/;
  return statements.some((each) => passesOn.test(each)) && statements.every(isImportOrExportFrom);
}

function isImportOrExportFrom(statement: string): boolean {
  return /^(import|export)\b[^=(]*\bfrom\s/.test(statement);
}

/** An interface for one class is that class, said twice. */
export const noLonelyInterfaces: Law = (files) => {
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

/** A file over 400 lines holds more than its name says. */
export const noLongFiles: Law = (files) =>
  files
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > 400)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
