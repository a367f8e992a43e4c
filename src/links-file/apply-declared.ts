import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../app.ts";
import { pathInPlace } from "../files/blob.ts";
import type { BlobOwner } from "../files/blobs.ts";
import type { FileNews } from "../links/bulk/declared-links.ts";
import { declaringFile } from "../links/rows/declared.ts";
import { codeOf } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { type LinksFile, type LinksFileError, readLinksFile } from "./links-file.ts";
import { applyPlan, type LinksPlan, planLinks } from "./links-plan.ts";
import { text } from "./text.en.ts";

/** Limits of a links.toml: it is read whole, on the thread that serves requests. */
const MAX_BYTES = 4_194_304;
const MAX_LINKS = 10_000;

/** Up to so many deletions are never held back. */
const FEW_REMOVALS = 5;

/** Most errors shown for one file. */
const MAX_ERRORS = 5;

/** Path of a user's own links.toml, which declares links. */
export function declaredPath(dataFolder: string, username: string): string {
  return join(dataFolder, "users", username, "links.toml");
}

/**
 * Reads a links.toml strictly; a missing file has no links.
 * @throws Problem `invalid` if it is not a regular file, not UTF-8, too large or has too many links
 */
export async function readDeclared(path: string): Promise<LinksFile> {
  const file = readLinksFile((await readText(path)) ?? "", { strict: true });
  if (file.links.length <= MAX_LINKS) return file;
  throw new Problem("invalid", text.file.tooManyLinks);
}

/** The paths on this machine of the files that a links.toml refers to. */
export function filesNamed(dataFolder: string, username: string, { links }: LinksFile): string[] {
  return links.flatMap(({ path }) => {
    const known = path === undefined ? null : pathInPlace(username, path);
    return known === null ? [] : [join(dataFolder, "users", known)];
  });
}

/** Whether a plan deletes so much that the operator has to confirm it: a half-written file may be valid, too. */
export function removesTooMuch({ removed, removable }: LinksPlan): boolean {
  return removed.length > FEW_REMOVALS && removed.length * 2 > removable;
}

/** The result of applying a user's own links.toml. */
export interface Outcome extends FileNews {
  /** Null if nothing was changed. */
  readonly plan: LinksPlan | null;
}

export interface DeclaringOptions {
  /** Whether to delete links however many they are. */
  readonly prune: boolean;
  /** Called with the file before it is applied. */
  readonly onRead?: (file: LinksFile) => Promise<void>;
}

/**
 * Applies a user's links.toml to their declared links. If it is broken, or would delete too much, the links stay
 * unchanged and the user's link list says why.
 * @throws Problem `busy` if a file that it refers to is still being written; `storage_full`
 */
export async function applyDeclared(
  app: App,
  owner: BlobOwner,
  options: DeclaringOptions,
): Promise<Outcome> {
  const outcome = await attempt(app, owner, options);
  await publishOutcome(app, owner, outcome);
  return outcome;
}

async function attempt(
  app: App,
  owner: BlobOwner,
  { prune, onRead }: DeclaringOptions,
): Promise<Outcome> {
  try {
    const file = await readDeclared(declaredPath(app.live.dataFolder, owner.username));
    await onRead?.(file);
    const plan = await planLinks(app, owner, file, { declares: true, removes: "declared" });
    if (plan.errors.length > 0) return unchanged({ fault: describeErrors(plan.errors) });
    if (!prune && removesTooMuch(plan)) return unchanged({ waiting: plan.removed.length });
    await applyPlan(app, plan);
    return { plan, waiting: 0, fault: "" };
  } catch (thrown) {
    if (!(thrown instanceof Problem) || !isAboutFile(thrown)) throw thrown;
    return unchanged({ fault: thrown.message });
  }
}

function unchanged({ fault = "", waiting = 0 }: Partial<FileNews>): Outcome {
  return { plan: null, fault, waiting };
}

function isAboutFile({ code }: Problem): boolean {
  return code === "invalid" || code === "over_quota";
}

/** Describes the first few errors, each with its line and column. */
export function describeErrors(errors: readonly LinksFileError[]): string {
  const shown = errors
    .slice(0, MAX_ERRORS)
    .map(({ line, column, message }) => text.errors.at(line, column, message));
  const more = errors.length - shown.length;
  return [...shown, ...(more > 0 ? [text.errors.more(more)] : [])].join(" ");
}

async function publishOutcome(app: App, owner: BlobOwner, { fault, waiting, plan }: Outcome) {
  const [before] = await app.links.declared.news(owner.id);
  const about = { file: declaringFile(owner.username) };
  if (plan !== null) logApplied(app, about, plan);
  if ((before?.fault ?? "") === fault && (before?.waiting ?? 0) === waiting) return;
  await app.links.declared.setNews(owner.id, { fault, waiting });
  if (fault !== "") app.log.error({ ...about, fault }, "Invalid links.toml, links unchanged");
  else if (waiting > 0)
    app.log.warn(
      { ...about, waiting },
      "links.toml would delete many links, waiting for confirmation",
    );
  else app.log.info(about, "links.toml is valid again");
}

function logApplied({ log }: App, about: object, { added, changed, removed }: LinksPlan): void {
  const counts = { added: added.length, changed: changed.length, removed: removed.length };
  if (counts.added + counts.changed + counts.removed === 0) return;
  log.info({ ...about, ...counts }, "links.toml applied");
}

/** Null if there is no such file. Symlinks are refused, and pipes are not waited for. */
async function readText(path: string): Promise<string | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(refuseToOpen);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw notRegular();
    if (found.size > MAX_BYTES) throw tooLarge();
    return decode(await file.readFile());
  } finally {
    await file.close();
  }
}

function refuseToOpen(cause: unknown): null {
  switch (codeOf(cause)) {
    case "ENOENT":
    case "ENOTDIR":
      return null;
    case "ELOOP":
    case "ENXIO":
      throw notRegular();
    default:
      throw new Problem("invalid", text.file.unreadable(codeOf(cause)), { cause });
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.byteLength > MAX_BYTES) throw tooLarge();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem("invalid", text.file.notUtf8, { cause });
  }
}

function notRegular(): Problem {
  return new Problem("invalid", text.file.notRegular);
}

function tooLarge(): Problem {
  return new Problem("invalid", text.file.tooLarge);
}
