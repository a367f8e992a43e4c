import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import type { Link } from "../links/link.ts";
import type { ShortCode } from "../links/short-code.ts";
import { readDisk } from "../os/disk.ts";
import { type Actor, isAdministrator, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import type { CheckedLink, SkippedLink } from "./checked-link.ts";
import { CheckedArchive } from "./reading/checked-archive.ts";
import { text } from "./text.en.ts";

/** `merge`: links with the same short code are replaced by the archive's. `replace`: others are deleted as well. */
export const restoreModes = ["merge", "replace"] as const;
export type RestoreMode = (typeof restoreModes)[number];

/** What restoring an archive would do. Disposing it forgets what was read. */
export interface RestorePlan extends Disposable {
  readonly owner: User;
  readonly mode: RestoreMode;
  readonly archive: CheckedArchive;
  readonly added: readonly ShortCode[];
  readonly overwritten: readonly ShortCode[];
  readonly removed: readonly ShortCode[];
  readonly skipped: readonly SkippedLink[];
}

export interface RestoreOrder {
  readonly owner: User;
  /** Of the archive, which must not change until the plan is disposed. */
  readonly path: string;
  readonly mode: RestoreMode;
}

/** Space that must stay free on the disk. */
const SPARE_BYTES = 67_108_864;

/**
 * Reads an archive in a process of its own, and compares it with the links of its owner. Nothing is written.
 * @throws Problem `not_found`; `invalid` on `backup_file`; `busy`, `storage_full`, `over_quota`
 */
export async function planRestore(
  app: App,
  actor: Actor,
  { owner, path, mode }: RestoreOrder,
): Promise<RestorePlan> {
  if (!may(actor, "backup.restore", { ownerId: owner.id })) {
    throw new Problem("not_found", text.noAccount);
  }
  const isTrusted = isAdministrator(actor);
  const archive = await CheckedArchive.read(app, { path, isTrusted, now: app.clock() });
  try {
    return await compare(app, { owner, mode, archive });
  } catch (error) {
    archive[Symbol.dispose]();
    throw error;
  }
}

/**
 * The links of an archive that may be restored now, in pages and always in the same order: without those whose short
 * codes belong to other users, or are declared in a links.toml.
 */
export async function* linksToRestore(
  app: App,
  { owner, archive }: Pick<RestorePlan, "owner" | "archive">,
): AsyncGenerator<readonly CheckedLink[]> {
  for await (const page of archive.links()) yield (await judge(app, owner, page)).links;
}

/** Links of an archive that may be restored now, and those that are skipped. */
export interface JudgedLinks {
  readonly links: readonly CheckedLink[];
  /** Those of them that replace a link. */
  readonly overwritten: ReadonlySet<string>;
  readonly skipped: readonly SkippedLink[];
}

/** Compares links of an archive with those that exist. */
export async function judge(
  app: App,
  owner: User,
  page: readonly (CheckedLink | SkippedLink)[],
): Promise<JudgedLinks> {
  const existing = await findExisting(app, owner, page);
  const codes = page.map(({ shortCode }) => shortCode);
  const aliases = await app.links.declared.findForeignAliases(codes, owner.id);
  const links: CheckedLink[] = [];
  const skipped: SkippedLink[] = [];
  for (const link of page) {
    if ("reason" in link) skipped.push(link);
    else {
      const isAlias = aliases.has(link.shortCode);
      const reason = isAlias ? text.links.taken : refusalOf(existing.get(link.shortCode), owner);
      if (reason === null) links.push(link);
      else skipped.push({ shortCode: link.shortCode, reason });
    }
  }
  return { links, overwritten: new Set(existing.keys()), skipped };
}

type Compared = Pick<RestorePlan, "owner" | "mode" | "archive">;

async function compare(app: App, compared: Compared): Promise<RestorePlan> {
  const { owner, mode, archive } = compared;
  await requireSpace(app, owner, archive.summary.bytes);
  const archived = new Set<string>();
  const added: ShortCode[] = [];
  const overwritten: ShortCode[] = [];
  const skipped: SkippedLink[] = [];
  for await (const page of archive.links()) {
    const judged = await judge(app, owner, page);
    for (const { shortCode } of page) archived.add(shortCode);
    for (const { shortCode } of judged.links)
      (judged.overwritten.has(shortCode) ? overwritten : added).push(shortCode);
    skipped.push(...judged.skipped);
  }
  const removed = mode === "merge" ? [] : await otherCodes(app, owner, archived);
  const dispose = () => archive[Symbol.dispose]();
  return { ...compared, added, overwritten, removed, skipped, [Symbol.dispose]: dispose };
}

async function findExisting(
  app: App,
  owner: User,
  links: readonly { readonly shortCode: string }[],
): Promise<ReadonlyMap<string, Link>> {
  const found = await app.links.declared.find(
    links.map(({ shortCode }) => shortCode),
    owner.id,
  );
  return new Map(found.map((link) => [String(link.shortCode), link]));
}

/** Why a link may not be replaced; null if it may, or if there is none. */
function refusalOf(existing: Link | undefined, owner: User): string | null {
  if (existing === undefined) return null;
  if (existing.ownerId !== owner.id) return text.links.taken;
  return existing.declared ? text.links.declared : null;
}

/** Short codes that the archive does not have. One whose link in the archive is skipped is not among them. */
async function otherCodes(
  app: App,
  { id }: User,
  archived: ReadonlySet<string>,
): Promise<ShortCode[]> {
  const own = await app.links.declared.listOf(id, { declared: false });
  return own.map(({ shortCode }) => shortCode).filter((code) => !archived.has(code));
}

/** A first check before anything is written; it may count existing files twice. The transaction counts exactly. */
export async function requireSpace(app: App, owner: User, bytes: number): Promise<void> {
  const { freeBytes } = await readDisk(app.live.dataFolder);
  if (bytes + SPARE_BYTES > freeBytes) throw new Problem("storage_full", text.space.disk(bytes));
  const { quota } = await app.files.blobs.usageOf(owner.id);
  if (quota === 0 || bytes <= quota) return;
  throw new Problem("over_quota", text.space.quota(bytes, quota));
}
