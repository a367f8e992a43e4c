import { createReadStream, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { IncomingFile } from "../files/blobs.ts";
import { type FileField, fileFieldOf } from "../links/link-input.ts";
import { Problem } from "../problem.ts";
import { type Invocation, usageProblem } from "./command.ts";

/** A file that a command was called with, and the field that a form would send it in. */
export interface GivenFile extends IncomingFile {
  readonly field: FileField;
}

/** For standard input, as other programs have it. */
const STANDARD_INPUT = "-";

/** What reads as an address (RFC 3986, section 3.1), and is one unless a file has that very name. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

/**
 * The file that `trunk8 add` was called with, or null where its word is an address. Nothing is read yet.
 * @throws Problem that explains a word which is neither, or could be both
 */
export async function findGivenFile(invocation: Invocation): Promise<GivenFile | null> {
  const [word = ""] = invocation.positionals;
  const kind = invocation.option("kind");
  if (kind !== undefined && !hasBytes(kind)) return null;
  const field = fileFieldOf[kind ?? "file"];
  const name = invocation.option("name");
  if (word === STANDARD_INPUT) return { field, ...fromStandardInput(name) };
  const isFile = await isThere(word);
  if (kind === undefined && SCHEME.test(word)) {
    if (isFile) throw couldBeBoth(word);
    return null;
  }
  if (!isFile) throw isNeither(word);
  return { field, name: name ?? basename(word), bytes: openFile(word) };
}

function hasBytes(kind: string): kind is keyof typeof fileFieldOf {
  return Object.hasOwn(fileFieldOf, kind);
}

function fromStandardInput(name: string | undefined): IncomingFile {
  if (name === undefined) throw usageProblem("Say what the file is called: --name NAME");
  return { name, bytes: Bun.stdin.stream() };
}

/** A pipe that has a name is as good as a file. */
async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory())
    throw usageProblem(`"${path}" is a folder, and a link hands out files.`);
  return found !== null;
}

/** Opened at once, as whoever calls: root gives its rights up before the data folder is touched. */
function openFile(path: string): AsyncIterable<Uint8Array> {
  try {
    return createReadStream(path, { fd: openSync(path, "r"), highWaterMark: CHUNK_BYTES });
  } catch (cause) {
    throw new Problem("not_found", `"${path}" could not be opened.`, { cause });
  }
}

function couldBeBoth(word: string): Problem {
  return usageProblem(
    `"${word}" is a file here and could be an address: write ./${word} or --kind redirect.`,
  );
}

function isNeither(word: string): Problem {
  const message = `There is no file "${word}" here, and an address begins with https://.`;
  return new Problem("not_found", message);
}
