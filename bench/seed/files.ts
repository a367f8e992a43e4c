import { join } from "node:path";
import { type App, openApp } from "../../src/app.ts";
import type { Clock } from "../../src/clock.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import type { IncomingFile } from "../../src/files/blobs.ts";
import { inputContext, parseNewLink } from "../../src/links/input/link-schema.ts";
import type { ContentKind } from "../../src/links/link.ts";
import type { ShortCode } from "../../src/links/short-code.ts";
import { operator } from "../../src/policy.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { ADMIN_PASSWORD } from "../sides/ours.ts";

/** The file of a link and its path, so that another server can send the same file. */
export interface SeededFile {
  readonly shortCode: ShortCode;
  readonly size: number;
  readonly sha256: string;
  readonly path: string;
}

const BLOCK_BYTES = 1_048_576;

/** Creates one file of each of these sizes, in bytes, for the administrator of a data folder. */
export function seedFiles(dataFolder: string, sizes: readonly number[]): Promise<SeededFile[]> {
  return withApp(dataFolder, async (app) => {
    const files: SeededFile[] = [];
    for (const size of sizes) {
      const incoming = { name: "bench.bin", bytes: randomBytes(size) };
      files.push(await seedLink(app, dataFolder, "file", incoming));
    }
    return files;
  });
}

/** Creates one Markdown document from each of these texts, for the administrator of a data folder. */
export function seedDocuments(dataFolder: string, texts: readonly string[]): Promise<SeededFile[]> {
  return withApp(dataFolder, async (app) => {
    const documents: SeededFile[] = [];
    for (const text of texts) {
      const incoming = { name: "bench.md", bytes: new Blob([text]).stream() };
      documents.push(await seedLink(app, dataFolder, "markdown", incoming));
    }
    return documents;
  });
}

/** Markdown of this many bytes: text with headings and links. */
export function makeMarkdown(bytes: number): string {
  const sentence = "Some *words* and a few more as they come, one after the other. ";
  const part = `## A heading\n\n${sentence.repeat(8)}[A link](https://example.com/).\n\n`;
  return part.repeat(Math.ceil(bytes / part.length)).slice(0, bytes);
}

/** Runs `work` with an app on a data folder that no server uses. */
export async function withApp<T>(
  dataFolder: string,
  work: (app: App) => Promise<T>,
  clock?: Clock,
): Promise<T> {
  const live = LiveSettings.fixed({ "admin.password": ADMIN_PASSWORD }, dataFolder);
  const app = await openApp({ live, log: silentLog(), ...(clock && { clock }) });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

async function seedLink(
  app: App,
  dataFolder: string,
  kind: ContentKind,
  incoming: IncomingFile,
): Promise<SeededFile> {
  const admin = await app.accounts.users.findByUsername("admin");
  if (admin === null) throw new Error("There is no administrator.");
  await using received = await app.files.blobs.receive(admin, incoming, Infinity);
  const input = parseNewLink({ kind }, inputContext(app, []), { hasContent: true });
  const link = await app.links.create(operator, { ownerId: admin.id }, input, received);
  if (link.content === null) throw new Error("The link has no bytes.");
  const { path, size, sha256 } = link.content;
  return { shortCode: link.shortCode, size, sha256, path: join(dataFolder, "users", path) };
}

/** This many bytes that cannot be compressed. */
export async function* randomBytes(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= BLOCK_BYTES) {
    yield randomBlock(Math.min(left, BLOCK_BYTES));
  }
}

/** `getRandomValues` fills at most 65,536 bytes at a time. */
function randomBlock(size: number): Uint8Array {
  const block = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(block.subarray(at, Math.min(at + 65_536, size)));
  }
  return block;
}
