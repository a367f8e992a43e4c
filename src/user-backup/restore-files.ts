import type { App } from "../app.ts";
import type { ReservedBlob } from "../files/blobs.ts";
import { HEAD_BYTES, mediaTypeOf } from "../files/media/media-type.ts";
import type { RestoredLink } from "../links/bulk/restored-links.ts";
import { Problem } from "../problem.ts";
import type { ArchivedContent } from "./archived-link.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { ComingLink } from "./validate-link.ts";
import { verified } from "./verify-archive.ts";

/** A file of an archive whose bytes are durable here. */
interface BroughtFile {
  readonly blob: ReservedBlob;
  /** What browsers are told it is, under each name that links have for it. */
  readonly types: ReadonlyMap<string, string>;
}

/** The files of an archive on their way into links; disposed of before `keep`, they are given up. */
export class BroughtFiles implements AsyncDisposable {
  readonly #app: App;
  readonly #files = new Map<string, BroughtFile>();
  #isKept = false;

  private constructor(app: App) {
    this.#app = app;
  }

  /**
   * Makes every file durable that the links of a plan hand out, each once.
   * @throws Problem `invalid` on `backup_file`, `storage_full`; nothing is kept then
   */
  static async bring(app: App, plan: RestorePlan): Promise<BroughtFiles> {
    const files = new BroughtFiles(app);
    try {
      const contents = plan.links.flatMap(({ content }) => (content === null ? [] : [content]));
      for (const [key, same] of Map.groupBy(contents, keyOf)) await files.#bring(plan, key, same);
      return files;
    } catch (error) {
      await files[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The link with its bytes. */
  linkWith({ visits: _, lastVisitAt: __, ...link }: ComingLink): RestoredLink {
    const { content } = link;
    if (content === null) return { ...link, content };
    const file = this.#files.get(keyOf(content));
    const type = file?.types.get(content.name);
    if (file === undefined || type === undefined) {
      throw new Problem("internal", "A file of the archive was forgotten.");
    }
    const { name, modified_at: modifiedAt } = content;
    return { ...link, content: { blob: file.blob, name, type, modifiedAt } };
  }

  /** From now on they are in use. */
  keep(): void {
    this.#isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isKept) return;
    // What cannot be given up now is found by the sweeper.
    for (const { blob } of this.#files.values())
      await this.#app.blobs.abandon(blob).catch(() => {});
  }

  async #bring(plan: RestorePlan, key: string, same: readonly ArchivedContent[]): Promise<void> {
    const [first] = same;
    if (first === undefined) return;
    const head = new Head();
    const bytes = head.of(bytesOf(plan, first));
    await using file = await this.#app.blobs.receive(
      plan.owner,
      { name: first.name, bytes },
      Infinity,
    );
    const blob = await this.#app.blobs.reserve(file);
    const types = same.map(({ name }) => [name, mediaTypeOf(name, head.bytes).type] as const);
    this.#files.set(key, { blob, types: new Map(types) });
  }
}

/** No entry's name holds a line break. */
function keyOf({ source }: ArchivedContent): string {
  return "entry" in source ? source.entry : `\n${source.text}`;
}

function bytesOf(
  { archive, contents }: RestorePlan,
  { source }: ArchivedContent,
): AsyncIterable<Uint8Array> {
  return "entry" in source ? verified(archive, contents, source.entry) : inOnePiece(source.text);
}

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The first bytes of a file that passes. */
class Head {
  readonly #bytes = Buffer.alloc(HEAD_BYTES);
  #size = 0;

  async *of(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      const kept = chunk.subarray(0, HEAD_BYTES - this.#size);
      this.#bytes.set(kept, this.#size);
      this.#size += kept.byteLength;
      yield chunk;
    }
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }
}
