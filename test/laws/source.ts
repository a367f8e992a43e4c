import { join, posix } from "node:path";

/** A file of the repository; `path` starts at its root and has `/` between its parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Returns a line for each violation in `files`. */
export type Law = (files: readonly SourceFile[]) => string[];

export interface Import {
  readonly path: string;
  /** Erased when the program runs. */
  readonly isTypeOnly: boolean;
}

const parsers = {
  ts: new Bun.Transpiler({ loader: "ts" }),
  tsx: new Bun.Transpiler({ loader: "tsx" }),
};
const IMPORT = /^(?:import|export)\b[^;"'`]*?\bfrom\s*"([^"]+)"/gm;

/** The scripts and stylesheets under `folders`. */
export async function readSource(root: string, folders: string[]): Promise<SourceFile[]> {
  const found = folders.flatMap((folder) => [
    ...new Bun.Glob(`${folder}/**/*.{ts,tsx,js,css}`).scanSync(root),
  ]);
  return Promise.all(found.sort().map((path) => readFile(root, path)));
}

/** The documents that people read; of the changelog, what is not released yet. */
export async function readDocuments(root: string): Promise<SourceFile[]> {
  const names = ["README", "CONTRIBUTING", "ARCHITECTURE"].map((name) => `${name}.md`);
  const pages = [...names, ...new Bun.Glob("docs/**/*.md").scanSync(root)];
  const documents = await Promise.all(pages.sort().map((path) => readFile(root, path)));
  const { path, text } = await readFile(root, "CHANGELOG.md");
  return [...documents, { path, text: text.split(/^## \[\d/m, 1)[0] ?? "" }];
}

/** Without a first line for the shell, which the parser does not accept. */
async function readFile(root: string, path: string): Promise<SourceFile> {
  const text = await Bun.file(join(root, path)).text();
  return { path, text: text.replace(/^#!.*/, "") };
}

/** The code without comments and types. */
export function codeOf({ path, text }: SourceFile): string {
  return parserOf(path)?.transformSync(text) ?? "";
}

/** The files of the repository that a file imports. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const values =
    parserOf(path)
      ?.scanImports(text)
      .map((found) => found.path) ?? [];
  const types = [...text.matchAll(IMPORT)].map((match) => match[1] ?? "");
  return [...new Set([...values, ...types])]
    .filter((to) => to.startsWith("."))
    .map((to) => ({
      path: posix.join(posix.dirname(path), to),
      isTypeOnly: !values.includes(to),
    }));
}

/** The module of a file in `src`: the first folder, or the name of a file beside the folders. */
export function moduleOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function parserOf(path: string): Bun.Transpiler | null {
  if (path.endsWith(".tsx")) return parsers.tsx;
  return path.endsWith(".ts") ? parsers.ts : null;
}
