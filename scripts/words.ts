import { join } from "node:path";
import { type FoundPhrase, findPhrases } from "../test/laws/phrases.ts";
import { readDocuments, readSource } from "../test/laws/source.ts";

/*
 * `npm run words` prints every phrase in the source and the documents that is not plain English, with its place.
 * `npm run words -- bench test/crash` looks in these folders instead.
 */
const root = join(import.meta.dir, "..");
const folders = process.argv.slice(2);
const files =
  folders.length > 0
    ? await readSource(root, folders)
    : [...(await readSource(root, ["src"])), ...(await readDocuments(root))];
const found = findPhrases(files);
process.stdout.write(found.map(describe).join(""));
process.exitCode = found.length === 0 ? 0 : 1;

function describe({ path, line, phrase, instead }: FoundPhrase): string {
  return `${path}:${line}: ${phrase} (write: ${instead})\n`;
}
