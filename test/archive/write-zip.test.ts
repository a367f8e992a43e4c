import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive, SITE_ENTRIES } from "../../src/archive/archive.ts";
import { writeZip, type ZipEntry } from "../../src/archive/write-zip.ts";
import { START } from "../world.ts";

async function* entriesOf(count: number): AsyncGenerator<ZipEntry> {
  for (let at = 0; at < count; at++) {
    const bytes = Buffer.from(`${at}`);
    yield { name: `é-${at}`, size: bytes.length, bytes: new Blob([bytes]).stream() };
  }
}

async function bytesOf(count: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = await Array.fromAsync(writeZip(entriesOf(count), START));
  return new Uint8Array(Buffer.concat(chunks));
}

test.each([0, 65_535, 65_536])("writes %d entries, which are all found", async (n) => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-zip-"));
  const path = join(folder, "many.zip");
  writeFileSync(path, await bytesOf(n));
  using archive = await Archive.open(path, SITE_ENTRIES);
  expect(archive.entries.size).toBe(n);
  if (n > 0) expect(await archive.readText(`é-${n - 1}`, 10)).toBe(`${n - 1}`);
  rmSync(folder, { recursive: true });
});

test("writes the same bytes for the same entries", async () => {
  expect(await bytesOf(9)).toEqual(await bytesOf(9));
});

test("ends the entry that is being read when its reader stops", async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(100);
    } finally {
      ended = true;
    }
  }
  async function* one(): AsyncGenerator<ZipEntry> {
    yield { name: "endless", size: 0, bytes: endless() };
  }
  let chunks = 0;
  for await (const _ of writeZip(one(), START)) if (++chunks === 3) break;
  expect(ended).toBe(true);
});
