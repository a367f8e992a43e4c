import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";
import { Problem } from "../../problem.ts";
import { type Asset, everyAsset } from "../../web/static/asset.ts";
import { type Command, type Invocation, printNote, usageProblem } from "../command.ts";

export const assets: Command = {
  synopsis: "assets --out DIR",
  summary: () =>
    "Write what lies below /static/ as files, with .gz and .br beside, for nginx to serve.",
  words: [0, 0],
  options: {
    out: { value: "DIR", doc: () => "where to; made if missing, and nothing is removed from it" },
  },
  run: writeAssets,
};

async function writeAssets({ option }: Invocation): Promise<void> {
  const out = option("out");
  if (out === undefined || out === "") throw usageProblem("Say where to: --out DIR");
  const folder = resolve(out);
  const written = await writeAll(folder).catch((cause: Error) => {
    throw new Problem("bad_request", `${folder} cannot be written: ${cause.message}`, { cause });
  });
  printNote(`${written} files were written to ${folder}; all that pages load is there now.`);
}

async function writeAll(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const written = await Promise.all(everyAsset().map((asset) => writeForms(folder, asset)));
  return written.reduce((sum, more) => sum + more, 0);
}

/** A form of a file on the disk: what its name ends in, and how its bytes come and go. */
interface Form {
  readonly ending: string;
  readonly encode: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly decode: (bytes: Uint8Array) => Promise<Uint8Array>;
}

const plain: Form = { ending: "", encode: async (bytes) => bytes, decode: async (bytes) => bytes };

/** As small as they get: this is done once for each release, in seconds. */
const forms: Readonly<Record<Asset["bytes"]["codings"][number], Form>> = {
  br: {
    ending: ".br",
    encode: (bytes) =>
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    decode: promisify(brotliDecompress),
  },
  gzip: {
    ending: ".gz",
    encode: (bytes) => promisify(gzip)(bytes, { level: 9 }),
    decode: promisify(gunzip),
  },
};

/** Writes whichever forms of a file are not there yet; tells how many. */
async function writeForms(folder: string, { hashedName, bytes }: Asset): Promise<number> {
  const path = join(folder, hashedName);
  let written = 0;
  for (const form of [...bytes.codings.map((coding) => forms[coding]), plain]) {
    if (await isWritten(path, form, bytes.plain)) continue;
    await replaceFile(path + form.ending, await form.encode(bytes.plain));
    written++;
  }
  return written;
}

/** Whether a file is there whole: a damaged one is made anew. */
async function isWritten(
  path: string,
  { ending, decode }: Form,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    return Buffer.from(await decode(await readFile(path + ending))).equals(bytes);
  } catch {
    return false;
  }
}

/** Whoever reads it meanwhile finds all of the old bytes or all of the new. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
