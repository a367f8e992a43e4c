import type { App } from "../app.ts";
import type { ReservedBlob } from "../files/blobs.ts";
import { mediaTypeOf } from "../files/media/media-type.ts";
import type { RestoredContent, RestoredLink } from "../links/bulk/restored-links.ts";
import { type CheckedContent, type CheckedLink, contentsOf } from "./checked-link.ts";
import type { CheckedArchive } from "./reading/checked-archive.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** A file of an archive whose bytes are stored and durable. */
interface RestoredFile {
  readonly blob: ReservedBlob;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/** Files that links of several portions use: they are stored with the first. */
export interface SharedFiles {
  readonly repeated: ReadonlySet<string>;
  readonly stored: Map<string, RestoredFile>;
}

/** The files of an archive that more than one of its links uses. */
export async function findSharedFiles(archive: CheckedArchive): Promise<SharedFiles> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for await (const page of archive.links()) {
    for (const link of page) {
      if ("reason" in link) continue;
      for (const key of new Set(contentsOf(link).map(keyOf)))
        if (seen.has(key)) repeated.add(key);
        else seen.add(key);
    }
  }
  return { repeated, stored: new Map() };
}

const NONE_SHARED: SharedFiles = { repeated: new Set(), stored: new Map() };

/** The archive whose files are stored, and their owner. */
export type FilesOrder = Pick<RestorePlan, "owner" | "archive">;

/** The files of an archive, stored but in no link yet; disposing it before `keep` abandons them. */
export class RestoredFiles implements AsyncDisposable {
  readonly #app: App;
  readonly #files = new Map<string, RestoredFile>();
  readonly #shared: SharedFiles;
  #isKept = false;

  private constructor(app: App, shared: SharedFiles) {
    this.#app = app;
    this.#shared = shared;
  }

  /**
   * Stores every file that the links use, each once. With `shared`, files of earlier calls are used again.
   * @throws Problem `invalid` on `backup_file`, `storage_full`; nothing is kept then
   */
  static async store(
    app: App,
    plan: FilesOrder,
    links: readonly CheckedLink[],
    shared: SharedFiles = NONE_SHARED,
  ): Promise<RestoredFiles> {
    const files = new RestoredFiles(app, shared);
    try {
      const contents = links.flatMap(contentsOf);
      for (const [key, same] of Map.groupBy(contents, keyOf)) await files.#store(plan, key, same);
      return files;
    } catch (error) {
      await files[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The link with its file. */
  linkWith({ place: _, visits: __, lastVisitAt: ___, ...link }: CheckedLink): RestoredLink {
    const files = link.files.map(({ path, title, content }) => ({
      path,
      title,
      ...this.#stored(content),
    }));
    return { ...link, content: link.content && this.#stored(link.content), files };
  }

  #stored(content: CheckedContent): RestoredContent {
    const { name, modifiedAt } = content;
    const key = keyOf(content);
    const file = this.#files.get(key) ?? this.#shared.stored.get(key);
    if (file === undefined) throw new Error(`Not stored: ${name}`);
    const { type } = mediaTypeOf(name, file.head);
    return { blob: file.blob, name, type, modifiedAt };
  }

  /** Marks the files as used. */
  keep(): void {
    this.#isKept = true;
    for (const [key, file] of this.#files)
      if (this.#shared.repeated.has(key)) this.#shared.stored.set(key, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isKept) return;
    // The sweeper finds what cannot be abandoned now.
    for (const { blob } of this.#files.values())
      await this.#app.files.blobs.abandon(blob).catch(() => {});
  }

  async #store(plan: FilesOrder, key: string, same: readonly CheckedContent[]): Promise<void> {
    const [first] = same;
    if (first === undefined || this.#shared.stored.has(key)) return;
    const incoming = { name: first.name, bytes: plan.archive.read(first) };
    await using file = await this.#app.files.blobs.receive(plan.owner, incoming, Infinity);
    const blob = await this.#app.files.blobs.reserve(file);
    this.#files.set(key, { blob, head: file.head });
  }
}

/** Entries and texts have different keys: no entry's name holds a line break. */
function keyOf({ source }: CheckedContent): string {
  return "entry" in source ? source.entry : `\n${source.text.at}`;
}
