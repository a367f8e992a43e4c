import { basename, join } from "node:path";
import type { App } from "../app.ts";
import { expiryTime } from "../archive/value-ranges.ts";
import { type Asset, findAsset, headOf, measureAsset } from "../files/asset-file.ts";
import type { BlobOwner } from "../files/blobs.ts";
import { cleanFileName, requireAllowedName } from "../files/file-name.ts";
import { mediaTypeOf } from "../files/media/media-type.ts";
import type { DescribedLink, NamedFile } from "../links/bulk/declared-links.ts";
import { parseExpiry } from "../links/expiry.ts";
import {
  type InputContext,
  inputContext,
  type NewLink,
  type NewLinkInput,
  parseNewLink,
} from "../links/input/link-schema.ts";
import { renamingFields } from "../links/input/parse-fields.ts";
import {
  type ContentKind,
  hasContent,
  kindWithFile,
  type Link,
  nameForText,
} from "../links/link.ts";
import { requireStartBeforeExpiry } from "../links/options/start.ts";
import { isStoredCode, parseShortCode, type ShortCode } from "../links/short-code.ts";
import { invalid } from "../problem.ts";
import type { FileLink, LinkKey } from "./links-file.ts";
import { text } from "./text.en.ts";

/** A text that becomes the file of a link. */
export interface TypedText {
  readonly name: string;
  readonly text: string;
}

/** A parsed entry of a links.toml, its text not stored yet. */
export interface ParsedLink extends Omit<DescribedLink, "bytes"> {
  readonly source: null | "same" | NamedFile | TypedText;
}

/** What the entries of a links.toml are checked against. */
export interface EntryContext {
  readonly app: App;
  readonly owner: BlobOwner;
  readonly context: InputContext;
}

export function entryContext(app: App, owner: BlobOwner): EntryContext {
  const publicUrl = app.live.current["server.public_url"];
  return { app, owner, context: inputContext(app, publicUrl === "" ? [] : [publicUrl]) };
}

/**
 * Parses an entry of a links.toml by the rules for new links; values that `existing`, the owner's link with that short
 * code, has already are accepted whatever the rules are now.
 * @throws Problem `invalid` naming keys of the file; `busy` if a file is still being written
 */
export async function parseFileLink(
  about: EntryContext,
  link: FileLink,
  existing: Link | undefined,
): Promise<ParsedLink> {
  const shortCode = parseCode(link.shortCode, existing);
  const { password, ...input } = parseInput(about.context, link, existing);
  const expiresAt = parseExpiration(link.expiration_date, about.context);
  const passwordHash = await hashOf(
    about.app,
    { password, isCleared: link.password === "" },
    existing,
  );
  const parsed = { ...input, shortCode, expiresAt, passwordHash };
  requireStartBeforeExpiry(parsed);
  if (!hasContent(input.kind)) return { ...parsed, source: null };
  const wanted = { link, kind: input.kind, existing };
  if (link.path === undefined) return { ...parsed, source: await textOf(about, wanted) };
  const { kind, source } = await fileAt(about, link.path, wanted);
  return { ...parsed, kind, source };
}

function parseCode(text: string, existing: Link | undefined): ShortCode {
  return existing !== undefined && isStoredCode(text) ? text : parseShortCode(text);
}

/** The keys of a links.toml that have other names in the schema of links. */
export const keyOf: Readonly<Record<string, LinkKey>> = {
  kind: "type",
  target: "url",
  content: "path",
};

/** Without short code and expiry, which have rules of their own here. */
function parseInput(context: InputContext, link: FileLink, existing: Link | undefined): NewLink {
  refuseContradictions(link);
  const { type = "", url, title, note, redirect_status: status, disabled } = link;
  // Not the site's default: a file that was applied before keeps its meaning.
  const inline = link.inline ?? false;
  refuseSpan(link.starts_at, "starts_at");
  const options = {
    startsAt: link.starts_at,
    fallbackUrl: link.fallback_url,
    forwardQuery: link.forward_query,
    // As with a password, a file that says nothing keeps what the link has.
    embedHosts: link.embed_hosts ?? (type === existing?.kind ? existing.embedHosts : null),
    visitLimit: link.visit_limit,
    password: link.password || null,
    tags: link.tags && [...link.tags],
    aliases: link.aliases && [...link.aliases],
  };
  const input = { target: url, title, note, redirectStatus: status, disabled, inline, ...options };
  const hasContent = link.path !== undefined || link.content !== undefined;
  return renamingFields(keyOf, () =>
    parseNewLink(
      // The schema refuses unknown types and statuses.
      { ...input, kind: type.trim() || undefined } as NewLinkInput,
      withOldTarget(context, link, existing),
      { hasContent },
    ),
  );
}

/** A file without a password keeps that of the link: an exported file has none. */
async function hashOf(
  { accounts: { passwords } }: App,
  { password, isCleared }: { readonly password: string | null; readonly isCleared: boolean },
  existing: Link | undefined,
): Promise<string> {
  const { passwordHash: before = "" } = existing ?? {};
  if (password === null) return isCleared ? "" : before;
  if (before !== "" && (await passwords.verify(password, before))) return before;
  return await passwords.hash(password);
}

function refuseContradictions({ type, url, path, content }: FileLink): void {
  if (type === "collection") throw invalid("type", text.links.noCollections);
  const isRedirect = type === "redirect" || (type === undefined && path === undefined);
  if (isRedirect && path !== undefined) throw invalid("path", text.links.redirectWithPath);
  if (isRedirect && content !== undefined) throw invalid("content", text.links.redirectWithContent);
  if (!isRedirect && url !== undefined) throw invalid("url", text.links.fileWithUrl);
  if (path !== undefined && content !== undefined)
    throw invalid("content", text.links.pathAndContent);
}

function withOldTarget(
  context: InputContext,
  { url }: FileLink,
  existing: Link | undefined,
): InputContext {
  if (url === undefined || existing?.target !== url || !URL.canParse(url)) return context;
  const scheme = new URL(url).protocol.slice(0, -1);
  return { ...context, schemes: [...context.schemes, scheme], wasStored: true };
}

function refuseSpan(date: string | undefined, key: LinkKey): void {
  if (date !== undefined && !/^\d{4}-/.test(date.trim())) throw invalid(key, text.links.noSpan);
}

/** A date, which may be in the past; a span is refused, because a file has no time to count from. */
function parseExpiration(date: string | undefined, { zone }: InputContext): number | null {
  if (date === undefined) return null;
  refuseSpan(date, "expiration_date");
  return expiryTime(parseExpiry(date, "expiration_date", { now: 0, zone }));
}

interface Wanted {
  readonly link: FileLink;
  readonly kind: ContentKind;
  readonly existing: Link | undefined;
}

async function textOf(
  { app }: EntryContext,
  { link, kind, existing }: Wanted,
): Promise<TypedText | "same"> {
  const { content = "", original_filename: given, shortCode } = link;
  const name = nameOf(app, given ?? nameForText(kind, shortCode), { existing, key: "content" });
  const old = existing?.content;
  const sha256 = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  if (old?.sha256 !== sha256 || old.name !== name) return { name, text: content };
  const known = await app.files.blobs.findByPath(old.path);
  return known?.state === "used" ? "same" : { name, text: content };
}

interface Naming {
  readonly existing: Link | undefined;
  readonly key: LinkKey;
}

/** The file name; one that the link has already is accepted. */
function nameOf(app: App, given: string, { existing, key }: Naming): string {
  const name = cleanFileName(given);
  if (existing?.content?.name !== name)
    requireAllowedName(name, app.live.current["files.allowed_extensions"], key);
  return name;
}

async function fileAt(
  { app, owner }: EntryContext,
  path: string,
  { link, kind: asked, existing }: Wanted,
): Promise<{ kind: ContentKind; source: "same" | NamedFile }> {
  const asset = await findAsset(join(app.live.dataFolder, "users"), owner.username, path);
  const given = link.original_filename ?? basename(path);
  const name = nameOf(app, given, { existing, key: "path" });
  const kind = kindWithFile(asked, name);
  const known = await knownBytes(app, owner, asset);
  const old = existing?.content;
  if (known !== null && old?.path === asset.path && old.name === name && isSame(old, known))
    return { kind, source: "same" };
  const { size, sha256, head } = known ?? (await measureAsset(asset));
  const { type } = mediaTypeOf(name, head ?? (await headOf(asset)));
  const { changedAt } = asset;
  const file = { path: asset.path, ownerId: owner.id, size, sha256, changedAt, name, type };
  return { kind, source: file };
}

interface Known {
  readonly size: number;
  readonly sha256: string;
  readonly head?: Uint8Array;
}

/** Size and hash from the database if the file has not changed since; stored files never change. */
async function knownBytes(
  { files: { blobs } }: App,
  { id }: BlobOwner,
  asset: Asset,
): Promise<Known | null> {
  const known = await blobs.findByPath(asset.path);
  if (known !== null && known.state !== "left" && known.ownerId !== id)
    throw invalid("path", text.links.transferred);
  if (known === null || known.size !== asset.size) return null;
  const isUnchanged = known.state === "used" || known.changedAt === asset.changedAt;
  return isUnchanged ? { size: known.size, sha256: known.sha256 } : null;
}

function isSame(a: Known, b: Known): boolean {
  return a.size === b.size && a.sha256 === b.sha256;
}
