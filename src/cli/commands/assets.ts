import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";
import { Problem } from "../../problem.ts";
import { type Asset, everyAsset } from "../../web/static/asset.ts";
import { type Command, type Invocation, printNote, usageProblem } from "../command.ts";
import { showProgress } from "../show-progress.ts";
import { text } from "./text.en.ts";

export const assets: Command = {
  synopsis: "assets --out DIR",
  summary: () => text.assets.summary,
  words: [0, 0],
  examples: ["trunk8 assets --out /var/cache/trunk8/static"],
  options: {
    out: { value: "DIR", doc: () => text.assets.out },
  },
  run: writeAssets,
};

async function writeAssets({ option }: Invocation): Promise<void> {
  const out = option("out");
  if (out === undefined || out === "") throw usageProblem(text.assets.outMissing);
  const folder = resolve(out);
  const work = showProgress(text.assets.progress, () => writeAll(folder));
  const written = await work.catch((cause: Error) => {
    throw new Problem("bad_request", text.assets.cannotWrite(folder, cause.message), { cause });
  });
  printNote(text.assets.written(written, folder));
}

async function writeAll(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const written = await Promise.all(everyAsset().map((asset) => writeForms(folder, asset)));
  return written.reduce((sum, more) => sum + more, 0);
}

/** An encoding of a file on disk: its name's ending, and how to encode and decode the bytes. */
interface Form {
  readonly ending: string;
  readonly encode: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly decode: (bytes: Uint8Array) => Promise<Uint8Array>;
}

const plain: Form = { ending: "", encode: async (bytes) => bytes, decode: async (bytes) => bytes };

/** At the highest quality: this runs once for each release and takes seconds. */
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

/** Writes the encodings of a file that are missing; returns how many. */
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

/** Whether a file is there and undamaged. */
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

/** Replaces a file atomically: a reader sees the old bytes or the new ones. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
