import { statfs } from "node:fs/promises";
import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import type { Archive } from "../archive/archive.ts";
import { verifyEntry } from "../archive/verify-entry.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import type { Link } from "../links/link.ts";
import type { ShortCode } from "../links/short-code.ts";
import { type Actor, isAdministrator, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { type ArchiveContents, type ArchivedLink, readContents } from "./archive-contents.ts";
import { text } from "./text.en.ts";
import { type LinkRules, type PlannedLink, sizeOf, validateLink } from "./validate-link.ts";

/** `merge`: links with the same short code are replaced by the archive's. `replace`: others are deleted as well. */
export const restoreModes = ["merge", "replace"] as const;
export type RestoreMode = (typeof restoreModes)[number];

/** What restoring an archive would do. */
export interface RestorePlan {
  readonly owner: User;
  readonly archive: Archive;
  readonly contents: ArchiveContents;
  readonly links: readonly PlannedLink[];
  readonly added: readonly ShortCode[];
  readonly overwritten: readonly ShortCode[];
  readonly removed: readonly ShortCode[];
  readonly skipped: readonly SkippedLink[];
  /** Size of the files to be restored. */
  readonly bytes: number;
}

/** A link of the archive that is not restored, and why. */
export interface SkippedLink {
  readonly shortCode: string;
  readonly reason: string;
}

export interface RestoreOrder {
  readonly owner: User;
  readonly archive: Archive;
  readonly mode: RestoreMode;
}

/** Space that must stay free on the disk. */
const SPARE_BYTES = 67_108_864;

/**
 * Compares an archive with the links of its owner. Its files are not read.
 * @throws Problem `not_found`; `invalid` on `backup_file`; `storage_full`, `over_quota`
 */
export async function planRestore(
  app: App,
  actor: Actor,
  { owner, archive, mode }: RestoreOrder,
): Promise<RestorePlan> {
  if (!may(actor, "backup.restore", { ownerId: owner.id })) {
    throw new Problem("not_found", text.noAccount);
  }
  const reading = { now: app.clock(), zone: effectiveZone(app.live.current) };
  const contents = await readContents(archive, reading);
  const rules = { app, ownerId: owner.id, archive, contents, isTrusted: isAdministrator(actor) };
  const found = await app.links.declared.find(contents.links.map(({ shortCode }) => shortCode));
  const existing = new Map(found.map((link) => [String(link.shortCode), link]));
  const { links, skipped } = validateAll(rules, existing);
  const exists = ({ shortCode }: PlannedLink) => existing.has(shortCode);
  const bytes = bytesOf(rules, links);
  await requireSpace(app, owner, bytes);
  return {
    owner,
    archive,
    contents,
    links,
    skipped,
    bytes,
    added: links.filter((link) => !exists(link)).map(({ shortCode }) => shortCode),
    overwritten: links.filter(exists).map(({ shortCode }) => shortCode),
    removed: mode === "merge" ? [] : await otherCodes(app, owner, contents.links),
  };
}

/**
 * Reads every entry that the manifest lists, or that a plan needs.
 * @throws Problem `invalid` on `backup_file` if one does not match
 */
export async function verifyFiles({ archive, contents, links }: RestorePlan): Promise<void> {
  const names = new Set(contents.entries.keys());
  for (const { content } of links) {
    if (content !== null && "entry" in content.source) names.add(content.source.entry);
  }
  for (const name of names) await verifyEntry(archive, contents, name);
}

function validateAll(rules: LinkRules, existing: ReadonlyMap<string, Link>) {
  const links = new Map<string, PlannedLink>();
  const skipped: SkippedLink[] = [];
  for (const link of rules.contents.links) {
    const { shortCode } = link;
    try {
      const planned = validateLink(rules, link, existing.get(shortCode));
      if (links.has(shortCode)) skipped.push({ shortCode, reason: text.links.duplicate });
      else links.set(shortCode, planned);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
      skipped.push({ shortCode, reason: thrown.message });
    }
  }
  return { links: [...links.values()], skipped };
}

/** The size of all files, each counted once. */
function bytesOf(rules: LinkRules, links: readonly PlannedLink[]): number {
  const sizes = new Map<unknown, number>();
  for (const { content } of links) {
    if (content === null) continue;
    const { source } = content;
    sizes.set("entry" in source ? source.entry : source, sizeOf(rules, content));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Short codes that the archive does not have. One whose link in the archive is skipped is not among them. */
async function otherCodes(
  app: App,
  { id }: User,
  links: readonly ArchivedLink[],
): Promise<ShortCode[]> {
  const archived = new Set(links.map(({ shortCode }) => shortCode));
  const own = await app.links.declared.listOf(id, { declared: false });
  return own.map(({ shortCode }) => shortCode).filter((code) => !archived.has(code));
}

/** A first check before anything is written; it may count existing files twice. The transaction counts exactly. */
async function requireSpace(app: App, owner: User, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(app.live.dataFolder);
  if (bytes + SPARE_BYTES > bavail * bsize)
    throw new Problem("storage_full", text.space.disk(bytes));
  const { quota } = await app.files.blobs.usageOf(owner.id);
  if (quota === 0 || bytes <= quota) return;
  throw new Problem("over_quota", text.space.quota(bytes, quota));
}
