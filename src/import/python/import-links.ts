import { createReadStream } from "node:fs";
import type { User } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { measureAsset } from "../../files/asset-file.ts";
import { type BlobPath, pathInPlace } from "../../files/blob.ts";
import { mediaTypeOf } from "../../files/media/media-type.ts";
import type { MovingContent, MovingLink } from "../../links/bulk/imported-links.ts";
import { operator } from "../../policy.ts";
import type { MoveReport } from "./import-report.ts";
import type { OldFile, OldFolder } from "./old-folder.ts";
import type { MovingSource, PlannedLink } from "./plan-links.ts";

/** Links that come in one transaction, and about how many bytes of theirs. */
const BATCH = 200;
const BATCH_BYTES = 268_435_456;

/** Files that are copied or hashed at a time. */
const AT_ONCE = 16;

export interface BringingParts {
  readonly app: App;
  readonly folder: OldFolder;
  readonly report: MoveReport;
  /** The accounts here, by the people's old names. */
  readonly users: ReadonlyMap<string, User>;
}

/** Brings planned links here with their bytes, a batch at a time: the bytes first, then one transaction. */
export class Bringing {
  readonly #app: App;
  readonly #folder: OldFolder;
  readonly #report: MoveReport;
  readonly #users: BringingParts["users"];
  /** Where bytes that stay in their place lie, by their owner and hash. */
  readonly #inPlace = new Map<string, string>();

  constructor({ app, folder, report, users }: BringingParts) {
    this.#app = app;
    this.#folder = folder;
    this.#report = report;
    this.#users = users;
  }

  /** @throws Problem `busy` where a file or an account changes meanwhile, `storage_full` */
  async bring(links: readonly PlannedLink[]): Promise<void> {
    for (const batch of batches(links)) await this.#bringBatch(batch);
  }

  /** What is reserved when this fails is in no link: the sweeper finds it. */
  async #bringBatch(batch: readonly PlannedLink[]): Promise<void> {
    const links: MovingLink[] = [];
    for (let at = 0; at < batch.length; at += AT_ONCE) {
      const some = batch.slice(at, at + AT_ONCE).map((planned) => this.#linkWith(planned));
      links.push(...(await Promise.all(some)));
    }
    const came = await this.#app.movedLinks.bring(operator, links);
    for (const planned of batch) {
      if (came.has(planned.link.shortCode)) countPlanned(this.#report, planned);
      else this.#leaveOut(planned);
    }
  }

  async #linkWith({ person: { oldName }, link, source }: PlannedLink): Promise<MovingLink> {
    const user = this.#users.get(oldName);
    if (user === undefined) throw new Error(`${oldName} has no account.`);
    const content = source === null ? null : await this.#contentOf(user, oldName, source);
    return { ...link, ownerId: user.id, content };
  }

  async #contentOf(user: User, oldName: string, source: MovingSource): Promise<MovingContent> {
    const { from } = source;
    const isFile = "place" in from;
    const path = isFile && this.#folder.isInPlace ? pathInPlace(oldName, from.relative) : null;
    if (isFile && path !== null) return await this.#register(source, from, path);
    return await this.#copy(user, source);
  }

  async #register(
    { name, modifiedAt }: MovingSource,
    file: OldFile,
    path: BlobPath,
  ): Promise<MovingContent> {
    const { head, size, sha256 } = await measureAsset({ ...file, path });
    this.#noteTwin(path, sha256);
    return { path, size, sha256, name, type: mediaTypeOf(name, head).type, modifiedAt };
  }

  /** One of two files with the same bytes is enough from now on. */
  #noteTwin(path: BlobPath, sha256: string): void {
    const key = `${path.split("/")[0]} ${sha256}`;
    const first = this.#inPlace.get(key) ?? path;
    this.#inPlace.set(key, first);
    if (first === path) return;
    const message = `It has the same bytes as users/${first}, which stands for both.`;
    this.#report.remark(`users/${path}`, null, message);
  }

  /** Hashed on the way. */
  async #copy(user: User, { name, modifiedAt, from }: MovingSource): Promise<MovingContent> {
    const incoming = { name, bytes: bytesOf(from) };
    await using received = await this.#app.blobs.receive(user, incoming, Infinity);
    const { path, size, sha256 } = await this.#app.blobs.reserve(received);
    return { path, size, sha256, name: received.name, type: received.type, modifiedAt };
  }

  #leaveOut({ person, link }: PlannedLink): void {
    const message = `${link.shortCode}: somebody took this code meanwhile.`;
    this.#report.leaveOut(`users/${person.oldName}/links.toml`, null, message);
  }
}

/** Counts a link that comes. */
export function countPlanned(report: MoveReport, { link, source, isExpired }: PlannedLink): void {
  const isFileMissing = source === null && link.kind !== "redirect";
  report.link(link.kind, { isExpired, isFileMissing });
  if (source !== null) report.file(sizeOf(source));
}

function* batches(links: readonly PlannedLink[]): Generator<PlannedLink[]> {
  let batch: PlannedLink[] = [];
  let bytes = 0;
  for (const planned of links) {
    batch.push(planned);
    bytes += planned.source === null ? 0 : sizeOf(planned.source);
    if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

function sizeOf({ from }: MovingSource): number {
  return "text" in from ? Buffer.byteLength(from.text) : from.size;
}

async function* bytesOf(from: MovingSource["from"]): AsyncGenerator<Uint8Array> {
  if ("text" in from) yield Buffer.from(from.text);
  else for await (const chunk of createReadStream(from.place)) yield chunk;
}
