import { createReadStream, openSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { writeZip, type ZipEntry } from "../archive/write-zip.ts";
import type { IncomingFile } from "../files/blobs.ts";
import { hasFileExtension } from "../files/media/media-type.ts";
import { hasContent, kinds } from "../links/link.ts";
import { beginsWithHost } from "../links/target/target.ts";
import { Problem } from "../problem.ts";
import { type Invocation, usageProblem } from "./command.ts";
import { text } from "./commands/text.en.ts";

/** A file that a command was called with. */
export interface GivenFile extends IncomingFile {
  /** Where it can be read again, from any byte on; absent for standard input and pipes. */
  readonly path?: string;
  readonly size?: number;
}

/** Stands for standard input, as in other programs. */
export const STANDARD_INPUT = "-";

/** The scheme of a URL (RFC 3986, section 3.1). */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

/**
 * The file that `trunk8 add` was called with; null for a URL. Nothing is read yet.
 * @throws Problem for an argument that is neither, or could be both
 */
export async function findGivenFile(invocation: Invocation): Promise<GivenFile | null> {
  const [word = ""] = invocation.positionals;
  const kind = invocation.option("kind");
  if (kind !== undefined && !kinds.some((known) => known === kind && hasContent(known)))
    return null;
  const name = invocation.option("name");
  if (word === STANDARD_INPUT) return fromStandardInput(name);
  if (kind === "html" && (await isFolder(word))) return folderAsZip(word);
  const isFile = await isThere(word);
  if (kind === undefined && SCHEME.test(word)) {
    if (isFile) throw couldBeBoth(word);
    return null;
  }
  if (!isFile && kind === undefined && isWithoutScheme(word)) return null;
  if (!isFile) throw isNeither(word);
  return await openGivenFile(word, name);
}

/**
 * The file of a path; a folder as the zip of an HTML page of several files.
 * @throws Problem `not_found`, or `usage` for a folder
 */
export async function openGivenFile(
  path: string,
  name = basename(path),
  kind?: string,
): Promise<GivenFile> {
  if (kind === "html" && (await isFolder(path))) return folderAsZip(path);
  if (!(await isThere(path))) throw new Problem("not_found", text.links.add.cannotOpen(path));
  const found = await stat(path);
  const again = found.isFile() ? { path, size: found.size } : {};
  return { name, bytes: openFile(path), ...again };
}

/** `missing.pdf` is rather a file that is not there. */
function isWithoutScheme(word: string): boolean {
  return beginsWithHost(word) && !(/^[^/?#]*$/.test(word) && hasFileExtension(word));
}

function fromStandardInput(name: string | undefined): IncomingFile {
  if (name === undefined) throw usageProblem(text.links.add.nameMissing);
  return { name, bytes: Bun.stdin.stream() };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

/** Hidden files and symbolic links are left out. */
function folderAsZip(path: string): GivenFile {
  return { name: `${basename(resolve(path))}.zip`, bytes: writeZip(entriesIn(path), Date.now()) };
}

async function* entriesIn(folder: string): AsyncGenerator<ZipEntry> {
  const glob = new Bun.Glob("**/*");
  for await (const name of glob.scan({ cwd: folder, onlyFiles: true, followSymlinks: false })) {
    const path = join(folder, name);
    if ((await lstat(path)).isFile())
      yield { name: name.replaceAll(sep, "/"), size: Bun.file(path).size, bytes: openFile(path) };
  }
}

/** Also true for a named pipe. */
async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw usageProblem(text.links.add.isFolder(path));
  return found !== null;
}

/** Opens the file at once, as the caller: root drops its privileges before the data folder is touched. */
function openFile(path: string): AsyncIterable<Uint8Array> {
  try {
    return createReadStream(path, { fd: openSync(path, "r"), highWaterMark: CHUNK_BYTES });
  } catch (cause) {
    throw new Problem("not_found", text.links.add.cannotOpen(path), { cause });
  }
}

function couldBeBoth(word: string): Problem {
  return usageProblem(text.links.add.isFileAndUrl(word));
}

function isNeither(word: string): Problem {
  return new Problem("not_found", text.links.add.noFile(word));
}
