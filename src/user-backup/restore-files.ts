import type { App } from "../app.ts";
import type { ReservedBlob } from "../files/blobs.ts";
import { mediaTypeOf } from "../files/media/media-type.ts";
import type { RestoredLink } from "../links/bulk/restored-links.ts";
import type { CheckedContent, CheckedLink } from "./checked-link.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** A file of an archive whose bytes are stored and durable. */
interface RestoredFile {
  readonly blob: ReservedBlob;
  /** Its media type under each name that links have for it. */
  readonly types: ReadonlyMap<string, string>;
}

/** The files of an archive, stored but in no link yet; disposing it before `keep` abandons them. */
export class RestoredFiles implements AsyncDisposable {
  readonly #app: App;
  readonly #files = new Map<string, RestoredFile>();
  #isKept = false;

  private constructor(app: App) {
    this.#app = app;
  }

  /**
   * Stores every file that the links of a plan use, each once.
   * @throws Problem `invalid` on `backup_file`, `storage_full`; nothing is kept then
   */
  static async store(
    app: App,
    plan: RestorePlan,
    links: readonly CheckedLink[],
  ): Promise<RestoredFiles> {
    const files = new RestoredFiles(app);
    try {
      const contents = links.flatMap(({ content }) => (content === null ? [] : [content]));
      for (const [key, same] of Map.groupBy(contents, keyOf)) await files.#store(plan, key, same);
      return files;
    } catch (error) {
      await files[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The link with its file. */
  linkWith({ place: _, visits: __, lastVisitAt: ___, ...link }: CheckedLink): RestoredLink {
    const { content } = link;
    if (content === null) return { ...link, content };
    const { name, modifiedAt } = content;
    const file = this.#files.get(keyOf(content));
    const type = file?.types.get(name);
    if (file === undefined || type === undefined) throw new Error(`Not stored: ${name}`);
    return { ...link, content: { blob: file.blob, name, type, modifiedAt } };
  }

  /** Marks the files as used. */
  keep(): void {
    this.#isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isKept) return;
    // The sweeper finds what cannot be abandoned now.
    for (const { blob } of this.#files.values())
      await this.#app.files.blobs.abandon(blob).catch(() => {});
  }

  async #store(plan: RestorePlan, key: string, same: readonly CheckedContent[]): Promise<void> {
    const [first] = same;
    if (first === undefined) return;
    const incoming = { name: first.name, bytes: plan.archive.read(first) };
    await using file = await this.#app.files.blobs.receive(plan.owner, incoming, Infinity);
    const blob = await this.#app.files.blobs.reserve(file);
    const types = same.map(({ name }) => [name, mediaTypeOf(name, file.head).type] as const);
    this.#files.set(key, { blob, types: new Map(types) });
  }
}

/** Entries and texts have different keys: no entry's name holds a line break. */
function keyOf({ source }: CheckedContent): string {
  return "entry" in source ? source.entry : `\n${source.text.at}`;
}
