import { join } from "node:path";
import { type App, openApp } from "../src/app.ts";
import type { IncomingFile } from "../src/blobs/blobs.ts";
import { LiveSettings } from "../src/config/live.ts";
import { fileFieldOf, inputContext, parseNewLink } from "../src/links/input.ts";
import type { ShortCode } from "../src/links/shortcode.ts";
import { silentLog } from "../src/ops/log.ts";
import { operator } from "../src/policy.ts";

/** A file behind a link, and where it lies, so that another server can send the very same. */
export interface SeededFile {
  readonly shortCode: ShortCode;
  readonly size: number;
  readonly sha256: string;
  readonly path: string;
}

const BLOCK_BYTES = 1_048_576;

/** Makes a data folder whose administrator has one file of each of these sizes, in bytes. */
export async function seedFiles(
  dataFolder: string,
  sizes: readonly number[],
): Promise<SeededFile[]> {
  const live = LiveSettings.fixed({ "admin.password": "bench-password-7d1f" }, dataFolder);
  const app = await openApp({ live, log: silentLog() });
  try {
    const files: SeededFile[] = [];
    for (const size of sizes) files.push(await seedFile(app, dataFolder, size));
    return files;
  } finally {
    await app.close();
  }
}

/** Makes a data folder whose administrator has one Markdown document. */
export async function seedDocument(dataFolder: string, text: string): Promise<SeededFile> {
  const live = LiveSettings.fixed({ "admin.password": "bench-password-7d1f" }, dataFolder);
  const app = await openApp({ live, log: silentLog() });
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  try {
    return await seedLink(app, dataFolder, "markdown", { name: "bench.md", bytes });
  } finally {
    await app.close();
  }
}

function seedFile(app: App, dataFolder: string, size: number): Promise<SeededFile> {
  return seedLink(app, dataFolder, "file", { name: "bench.bin", bytes: randomBytes(size) });
}

async function seedLink(
  app: App,
  dataFolder: string,
  kind: keyof typeof fileFieldOf,
  incoming: IncomingFile,
): Promise<SeededFile> {
  const admin = await app.users.findByUsername("admin");
  if (admin === null) throw new Error("There is no administrator.");
  await using received = await app.blobs.receive(admin, incoming, Infinity);
  const came = new Set([fileFieldOf[kind]]);
  const input = parseNewLink({ link_type: kind }, inputContext(app, []), came);
  const link = await app.links.create(operator, { ownerId: admin.id }, input, received);
  if (link.content === null) throw new Error("The link has no bytes.");
  const { path, size, sha256 } = link.content;
  return { shortCode: link.shortCode, size, sha256, path: join(dataFolder, "users", path) };
}

/** As many bytes, none of which compresses. */
export async function* randomBytes(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= BLOCK_BYTES) {
    yield randomBlock(Math.min(left, BLOCK_BYTES));
  }
}

/** `getRandomValues` gives at most 65,536 bytes at a time. */
function randomBlock(size: number): Uint8Array {
  const block = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(block.subarray(at, Math.min(at + 65_536, size)));
  }
  return block;
}
