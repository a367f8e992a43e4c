import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../app.ts";
import { pathInPlace } from "../files/blob.ts";
import type { BlobOwner } from "../files/blobs.ts";
import type { FileNews } from "../links/bulk/declared-links.ts";
import { declaringFile } from "../links/link-rows.ts";
import { codeOf } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { type LinksFile, type LinksFileError, readLinksFile } from "./links-file.ts";
import { applyPlan, type Plan, planLinks } from "./links-plan.ts";

/** What one links.toml may have at most: it is read whole, on the thread that serves. */
const MOST_BYTES = 4_194_304;
const MOST_LINKS = 10_000;

/** Fewer removals than these never wait. */
const FEW_REMOVALS = 5;

/** Errors that are told of one file. */
const ERRORS_TOLD = 5;

/** Where a user's declared links stand. */
export function declaredPath(dataFolder: string, username: string): string {
  return join(dataFolder, "users", username, "links.toml");
}

/**
 * A links.toml, judged strictly. No file: no links.
 * @throws Problem `invalid` for what is no regular file, too large or no UTF-8, and for too many links
 */
export async function readDeclared(path: string): Promise<LinksFile> {
  const file = readLinksFile((await readText(path)) ?? "", { strict: true });
  if (file.links.length <= MOST_LINKS) return file;
  throw new Problem("invalid", "A links.toml has at most 10,000 links.");
}

/** The files among the assets that a links.toml names, as places on this machine. */
export function filesNamed(dataFolder: string, username: string, { links }: LinksFile): string[] {
  return links.flatMap(({ path }) => {
    const known = path === undefined ? null : pathInPlace(username, path);
    return known === null ? [] : [join(dataFolder, "users", known)];
  });
}

/** Whether somebody should look first: a half-written file is valid, too. */
export function removesTooMuch({ removed, removable }: Plan): boolean {
  return removed.length > FEW_REMOVALS && removed.length * 2 > removable;
}

/** What came of reading a user's own links.toml. */
export interface Outcome extends FileNews {
  /** Null: nothing was done. */
  readonly plan: Plan | null;
}

export interface DeclaringOptions {
  /** Whether links go, however many they are. */
  readonly prune: boolean;
  /** Told of what was read, before anything is done with it. */
  readonly onRead?: (file: LinksFile) => Promise<void>;
}

/**
 * Makes a user's declared links what their links.toml says; where it is broken, or would remove too much, they stay as
 * they are, and the list tells why.
 * @throws Problem `busy` where a file that it names is still being written; `storage_full`
 */
export async function applyDeclared(
  app: App,
  owner: BlobOwner,
  options: DeclaringOptions,
): Promise<Outcome> {
  const outcome = await attempt(app, owner, options);
  await tellNews(app, owner, outcome);
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
    if (plan.errors.length > 0) return undone({ fault: describeErrors(plan.errors) });
    if (!prune && removesTooMuch(plan)) return undone({ waiting: plan.removed.length });
    await applyPlan(app, plan);
    return { plan, waiting: 0, fault: "" };
  } catch (thrown) {
    if (!(thrown instanceof Problem) || !isAboutFile(thrown)) throw thrown;
    return undone({ fault: thrown.message });
  }
}

function undone({ fault = "", waiting = 0 }: Partial<FileNews>): Outcome {
  return { plan: null, fault, waiting };
}

function isAboutFile({ code }: Problem): boolean {
  return code === "invalid" || code === "over_quota";
}

/** The first few errors, each with its line and column. */
export function describeErrors(errors: readonly LinksFileError[]): string {
  const told = errors
    .slice(0, ERRORS_TOLD)
    .map(({ line, column, message }) => `Line ${line}, column ${column}: ${message}`);
  const more = errors.length - told.length;
  return [...told, ...(more > 0 ? [`And ${more} more.`] : [])].join(" ");
}

async function tellNews(app: App, owner: BlobOwner, { fault, waiting, plan }: Outcome) {
  const [before] = await app.declarations.news(owner.id);
  const about = { file: declaringFile(owner.username) };
  if (plan !== null) logDone(app, about, plan);
  if ((before?.fault ?? "") === fault && (before?.waiting ?? 0) === waiting) return;
  await app.declarations.tell(owner.id, { fault, waiting });
  if (fault !== "")
    app.log.error({ ...about, fault }, "A links.toml is broken: nothing is changed.");
  else if (waiting > 0)
    app.log.warn({ ...about, waiting }, "A links.toml would remove many links: it waits.");
  else app.log.info(about, "A links.toml is sound again.");
}

function logDone({ log }: App, about: object, { added, changed, removed }: Plan): void {
  const counts = { added: added.length, changed: changed.length, removed: removed.length };
  if (counts.added + counts.changed + counts.removed === 0) return;
  log.info({ ...about, ...counts }, "Links changed as their links.toml says.");
}

/** Null: there is no such file. A symlink could lead anywhere, and opening a pipe could take for ever. */
async function readText(path: string): Promise<string | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(refuseToOpen);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw noRegularFile();
    if (found.size > MOST_BYTES) throw tooLarge();
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
      throw noRegularFile();
    default:
      throw new Problem("invalid", `It cannot be read (${codeOf(cause)}).`, { cause });
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.byteLength > MOST_BYTES) throw tooLarge();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem("invalid", "It is not UTF-8 text.", { cause });
  }
}

function noRegularFile(): Problem {
  return new Problem(
    "invalid",
    "It is no regular file: a symlink, a folder or a pipe is not read.",
  );
}

function tooLarge(): Problem {
  return new Problem("invalid", "A links.toml has at most 4 MB.");
}
