import { createReadStream } from "node:fs";
import { text as accounts } from "../accounts/text.en.ts";
import { ADMIN_USERNAME, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { configPath, readConfigFile } from "../config/file/config-file.ts";
import { saveSettings } from "../config/file/save-settings.ts";
import { defaultSettings, type SettingKey, type Settings } from "../config/settings.ts";
import { measureAsset } from "../files/asset-file.ts";
import type { BlobPath } from "../files/blob.ts";
import { mediaTypeOf } from "../files/media/media-type.ts";
import type { ImportedContent, ImportedLink } from "../links/bulk/imported-links.ts";
import { type Link, noGate, noOptions } from "../links/link.ts";
import { operator } from "../policy.ts";
import type { ImportReport } from "./import-report.ts";
import type { ImportedAccount, SourceContent, SourceFile } from "./imported-site.ts";
import { countLink, type ImportPlan, type PlannedLink, sizeOf } from "./plan-import.ts";
import { text } from "./text.en.ts";

/** Links that are imported in one transaction, and about how many bytes of theirs. */
const BATCH = 200;
const BATCH_BYTES = 268_435_456;

/** Files that are copied or hashed at a time. */
const AT_ONCE = 16;

/** The accounts of imported users, by user name. */
type Accounts = ReadonlyMap<string, User>;

export interface ApplyOptions {
  readonly report: ImportReport;
  readonly dataFolder: string;
  /** Called when links have been written, with how many have been, of how many. */
  readonly onLinks?: ((done: number, total: number) => void) | undefined;
}

/**
 * Writes what `planImport` decided: accounts, then links with their bytes, then settings. What exists already stays
 * unchanged, so that doing it again completes what a failure, or a kill at any moment, interrupted. Returns the accounts.
 * @throws Problem `busy` if a file or an account changes meanwhile, `storage_full`
 */
export async function applyImport(
  app: App,
  { site, links }: ImportPlan,
  { report, dataFolder, onLinks }: ApplyOptions,
): Promise<readonly User[]> {
  const accounts = await createAccounts(app, site.users);
  const writer = new LinkWriter(app, report, accounts);
  let done = 0;
  for (const batch of batches(links)) {
    await writer.write(batch);
    done += batch.length;
    onLinks?.(done, links.length);
  }
  await addSettings(dataFolder, site.settings, report);
  return [...accounts.values()];
}

async function createAccounts(app: App, imported: readonly ImportedAccount[]): Promise<Accounts> {
  const users = imported.map(({ user }) => user);
  const accounts = new Map<string, User>();
  for (const [at, account] of (await app.accounts.imported.add(operator, users)).entries()) {
    const user = users[at];
    if (user === undefined) continue;
    accounts.set(user.username, account);
    if (account.username === ADMIN_USERNAME) await renameAdministrator(app, account, user);
  }
  return accounts;
}

/** The administrator's account exists from the start: it takes on the imported display name unless it has its own. */
async function renameAdministrator(
  app: App,
  { id, displayName }: User,
  { displayName: imported }: Pick<User, "displayName">,
): Promise<void> {
  if (displayName !== accounts.administrator) return;
  if (imported === ADMIN_USERNAME || imported === displayName) return;
  await app.accounts.admin.change(operator, id, { displayName: imported });
}

/** Writes planned links, a batch at a time: the bytes first, then one transaction. */
class LinkWriter {
  readonly #app: App;
  readonly #report: ImportReport;
  readonly #accounts: Accounts;
  /** Files that are not copied, without those that a note names as duplicates. */
  readonly #inPlace = new Set<BlobPath>();

  constructor(app: App, report: ImportReport, accounts: Accounts) {
    this.#app = app;
    this.#report = report;
    this.#accounts = accounts;
  }

  /** Bytes that were reserved when this fails belong to no link: the sweeper finds them. */
  async write(batch: readonly PlannedLink[]): Promise<void> {
    const links: ImportedLink[] = [];
    for (let at = 0; at < batch.length; at += AT_ONCE) {
      const some = batch.slice(at, at + AT_ONCE).map((planned) => this.#withBytes(planned));
      links.push(...(await Promise.all(some)));
    }
    const written = await this.#app.links.imported.add(operator, links);
    for (const planned of batch) {
      if (written.has(planned.shortCode)) countLink(this.#report, planned);
      else this.#skip(planned);
    }
    for (const link of links) {
      const added = written.get(link.shortCode);
      if (added !== undefined) this.#remarkDuplicate(link, added);
    }
  }

  async #withBytes({ content, owner, ...planned }: PlannedLink): Promise<ImportedLink> {
    const user = this.#accounts.get(owner);
    if (user === undefined) throw new Error(`No account: ${owner}`);
    const { place: _, expiryPlace: __, remarks: ___, isExpired: ____, ...link } = planned;
    const stored = content && (await this.#store(user, content));
    return {
      ...noOptions,
      tags: [],
      ...noGate,
      ...link,
      ownerId: user.id,
      content: stored,
      updatedAt: link.createdAt,
    };
  }

  async #store(user: User, content: SourceContent): Promise<ImportedContent> {
    const { bytes } = content;
    if ("path" in bytes && bytes.path !== null)
      return await this.#keepInPlace(content, { ...bytes, path: bytes.path });
    return await this.#copy(user, content);
  }

  async #keepInPlace(
    { name, modifiedAt }: SourceContent,
    file: SourceFile & { readonly path: BlobPath },
  ): Promise<ImportedContent> {
    const { path } = file;
    const { head, size, sha256 } = await measureAsset(file);
    this.#inPlace.add(path);
    return { path, size, sha256, name, type: mediaTypeOf(name, head).type, modifiedAt };
  }

  /** Of two files in place with the same bytes, the one that was adopted first is used from now on. */
  #remarkDuplicate({ content }: ImportedLink, added: Link): void {
    const used = added.content?.path ?? null;
    if (content === null || used === null || used === content.path) return;
    if (!this.#inPlace.delete(content.path)) return;
    this.#report.remark(
      { file: `users/${content.path}`, line: null },
      text.links.sameBytes(`users/${used}`),
    );
  }

  async #copy(user: User, { name, modifiedAt, bytes }: SourceContent): Promise<ImportedContent> {
    const incoming = { name, bytes: read(bytes) };
    await using received = await this.#app.files.blobs.receive(user, incoming, Infinity);
    const { path, size, sha256 } = await this.#app.files.blobs.reserve(received);
    return { path, size, sha256, name: received.name, type: received.type, modifiedAt };
  }

  #skip({ place, shortCode }: PlannedLink): void {
    this.#report.skip(place, text.links.skipped(shortCode, text.links.takenMeanwhile));
  }
}

function* batches(links: readonly PlannedLink[]): Generator<PlannedLink[]> {
  let batch: PlannedLink[] = [];
  let bytes = 0;
  for (const planned of links) {
    batch.push(planned);
    bytes += planned.content === null ? 0 : sizeOf(planned.content);
    if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function* read(bytes: SourceContent["bytes"]): AsyncGenerator<Uint8Array> {
  if ("text" in bytes) yield Buffer.from(bytes.text);
  else for await (const chunk of createReadStream(bytes.place)) yield chunk;
}

/** Adds settings to config.toml that it does not have yet. */
async function addSettings(
  dataFolder: string,
  settings: Partial<Settings>,
  report: ImportReport,
): Promise<void> {
  const imported = Object.entries(settings) as [SettingKey, Settings[SettingKey]][];
  if (imported.length === 0) return;
  const path = configPath(dataFolder);
  const existing = new Map(
    (await readConfigFile(path)).given.map(({ key, value }) => [key, value]),
  );
  const place = { file: "config/config.toml", line: null };
  for (const [key, value] of imported) {
    if (existing.has(key) && existing.get(key) !== value)
      report.remark(place, text.settings.alreadySet(key));
  }
  const added = imported.filter(
    ([key, value]) => !existing.has(key) && defaultSettings[key] !== value,
  );
  if (added.length > 0) await saveSettings(path, Object.fromEntries(added));
}
