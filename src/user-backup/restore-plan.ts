import { statfs } from "node:fs/promises";
import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import type { Archive } from "../archive/archive.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import type { Link } from "../links/link.ts";
import type { ShortCode } from "../links/short-code.ts";
import { type Actor, isAdministrator, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";
import { type Contents, readContents } from "./archive-contents.ts";
import type { ArchivedLink } from "./archived-link.ts";
import { type ComingLink, type Judging, judgeLink, sizeOf } from "./validate-link.ts";

/** `merge`: the archive wins where a code is in both. `replace`: what is not in the archive goes. */
export const restoreModes = ["merge", "replace"] as const;
export type RestoreMode = (typeof restoreModes)[number];

/** What a restoring would do. */
export interface RestorePlan {
  readonly owner: User;
  readonly archive: Archive;
  readonly contents: Contents;
  readonly links: readonly ComingLink[];
  readonly added: readonly ShortCode[];
  readonly overwritten: readonly ShortCode[];
  readonly removed: readonly ShortCode[];
  readonly leftOut: readonly LeftOut[];
  /** Of the files that come. */
  readonly bytes: number;
}

/** A link of the archive that does not come, and why. */
export interface LeftOut {
  readonly shortCode: string;
  readonly reason: string;
}

export interface RestoreOrder {
  readonly owner: User;
  readonly archive: Archive;
  readonly mode: RestoreMode;
}

/** Room that the disk must keep. */
const SPARE_BYTES = 67_108_864;

/**
 * Compares an archive with what its owner has. The bytes of files are not looked at yet.
 * @throws Problem `not_found`; `invalid` on `backup_file`; `storage_full`, `over_quota`
 */
export async function planRestore(
  app: App,
  actor: Actor,
  { owner, archive, mode }: RestoreOrder,
): Promise<RestorePlan> {
  if (!may(actor, "backup.restore", { ownerId: owner.id })) {
    throw new Problem("not_found", "There is no such account.");
  }
  const reading = { now: app.clock(), zone: effectiveZone(app.live.current) };
  const contents = await readContents(archive, reading);
  const isTrusted = isAdministrator(actor);
  const judging = { app, ownerId: owner.id, archive, contents, isTrusted };
  const found = await app.declarations.find(contents.links.map((link) => link.short_code));
  const existing = new Map(found.map((link) => [String(link.shortCode), link]));
  const { links, leftOut } = judgeAll(judging, existing);
  const isThere = ({ shortCode }: ComingLink) => existing.has(shortCode);
  const bytes = bytesOf(judging, links);
  await requireRoom(app, owner, bytes);
  return {
    owner,
    archive,
    contents,
    links,
    leftOut,
    bytes,
    added: links.filter((link) => !isThere(link)).map(({ shortCode }) => shortCode),
    overwritten: links.filter(isThere).map(({ shortCode }) => shortCode),
    removed: mode === "merge" ? [] : await otherCodes(app, owner, contents.links),
  };
}

function judgeAll(judging: Judging, existing: ReadonlyMap<string, Link>) {
  const links = new Map<string, ComingLink>();
  const leftOut: LeftOut[] = [];
  for (const link of judging.contents.links) {
    const { short_code: shortCode } = link;
    try {
      const coming = judgeLink(judging, link, existing.get(shortCode));
      if (links.has(shortCode)) leftOut.push({ shortCode, reason: "The archive has it twice." });
      else links.set(shortCode, coming);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
      leftOut.push({ shortCode, reason: thrown.message });
    }
  }
  return { links: [...links.values()], leftOut };
}

/** Each file once. */
function bytesOf(judging: Judging, links: readonly ComingLink[]): number {
  const sizes = new Map<unknown, number>();
  for (const { content } of links) {
    if (content === null) continue;
    const { source } = content;
    sizes.set("entry" in source ? source.entry : source, sizeOf(judging, content));
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** One whose code is in the archive is kept even where that link is left out. */
async function otherCodes(
  app: App,
  { id }: User,
  links: readonly ArchivedLink[],
): Promise<ShortCode[]> {
  const named = new Set(links.map((link) => link.short_code));
  const mine = await app.declarations.listOf(id, { declared: false });
  return mine.map(({ shortCode }) => shortCode).filter((code) => !named.has(code));
}

/** Before anything is written; what is there already may be counted twice, and the transaction counts exactly. */
async function requireRoom(app: App, owner: User, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(app.live.dataFolder);
  if (bytes + SPARE_BYTES > bavail * bsize) {
    const message = `The files need ${formatBytes(bytes)}, and the server's disk has no room for them.`;
    throw new Problem("storage_full", message);
  }
  const { quota } = await app.blobs.usageOf(owner.id);
  if (quota === 0 || bytes <= quota) return;
  const message = `The files need ${formatBytes(bytes)}, and there may be ${formatBytes(quota)}.`;
  throw new Problem("over_quota", message);
}
