import type { App } from "../app.ts";
import type { Archive } from "../archive/archive.ts";
import { ASSETS } from "../archive/manifest.ts";
import { forbiddenSchemes } from "../config/values/addresses.ts";
import { maxFileBytes } from "../config/values/sizes.ts";
import { requireAllowedName } from "../files/file-name.ts";
import { fileTooLarge } from "../files/receive.ts";
import type { RestoredLink } from "../links/bulk/restored-links.ts";
import { inputContext, parseNewLink } from "../links/input/link-schema.ts";
import { kinds, type Link } from "../links/link.ts";
import { isReserved, isStoredCode } from "../links/short-code.ts";
import { invalid, type Problem } from "../problem.ts";
import type { ArchiveContents, ArchivedContent, ArchivedLink } from "./archive-contents.ts";
import { text } from "./text.en.ts";

/** A link to be restored; its bytes are still in the archive. */
export interface PlannedLink extends Omit<RestoredLink, "content"> {
  readonly content: ArchivedContent | null;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** What links of an archive are checked against. */
export interface LinkRules {
  readonly app: App;
  readonly ownerId: number;
  readonly archive: Archive;
  readonly contents: ArchiveContents;
  /** Whether to accept what the site's settings forbid: they may have been different before. */
  readonly isTrusted: boolean;
}

/**
 * Checks one link of an archive.
 * @throws Problem `invalid` whose message says why the link is skipped
 */
export function validateLink(
  rules: LinkRules,
  link: ArchivedLink,
  existing: Link | undefined,
): PlannedLink {
  const { shortCode, expiresAt, createdAt, updatedAt, visits, lastVisitAt } = link;
  if (!isStoredCode(shortCode)) throw skipped(text.links.badCode);
  if (isReserved(shortCode)) throw skipped(text.links.reserved);
  if (existing !== undefined && existing.ownerId !== rules.ownerId) throw skipped(text.links.taken);
  if (existing?.declared) throw skipped(text.links.declared);
  const kind = kinds.find((known) => known === link.kind);
  if (kind === undefined) throw skipped(text.links.unknownKind);
  const { shortCode: _, expiresAt: __, ...input } = parseOptions(rules, { ...link, kind });
  if (kind !== "redirect") requireBytes(rules, link.content);
  const content = kind === "redirect" ? null : link.content;
  return { ...input, shortCode, content, expiresAt, createdAt, updatedAt, visits, lastVisitAt };
}

/** Checks by the rules for new links, without the expiry: an expired link is restored, too. */
function parseOptions(rules: LinkRules, link: ArchivedLink & Pick<Link, "kind">) {
  const { kind, title, note, redirectStatus, disabled, inline } = link;
  const target = kind === "redirect" ? link.target : null;
  const input = { kind, target, title, note, redirectStatus, disabled, inline };
  return parseNewLink(input, contextFor(rules, link), { hasContent: true });
}

function contextFor({ app, isTrusted }: LinkRules, { target }: ArchivedLink) {
  const context = { ...inputContext(app, []), wasStored: true };
  const scheme = URL.parse(target)?.protocol.slice(0, -1) ?? "";
  if (!isTrusted || scheme === "" || forbiddenSchemes.has(scheme)) return context;
  return { ...context, schemes: [...context.schemes, scheme] };
}

function requireBytes(rules: LinkRules, content: ArchivedContent | null): void {
  if (content === null) throw skipped(text.links.noFile);
  const size = sizeOf(rules, content);
  if (rules.isTrusted) return;
  const settings = rules.app.live.current;
  requireAllowedName(content.name, settings["files.allowed_extensions"], "file");
  const most = maxFileBytes(settings);
  if (size > most) throw skipped(fileTooLarge(most).message);
}

/** The size of a content. Only the entries of the archive are searched, so that no path leads elsewhere. */
export function sizeOf(
  { archive, contents }: Pick<LinkRules, "archive" | "contents">,
  { source }: ArchivedContent,
): number {
  if ("text" in source) return Buffer.byteLength(source.text);
  const entry = archive.entries.get(source.entry);
  if (!source.entry.startsWith(ASSETS) || entry === undefined) {
    throw skipped(text.links.fileMissing);
  }
  if (contents.entries.get(source.entry)?.damaged) {
    throw skipped(text.links.fileDamaged);
  }
  return entry.size;
}

function skipped(reason: string): Problem {
  return invalid("short_code", reason);
}
