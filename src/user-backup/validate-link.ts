import type { App } from "../app.ts";
import type { Archive } from "../archive/archive.ts";
import { ASSETS } from "../archive/manifest.ts";
import { forbiddenSchemes } from "../config/values/addresses.ts";
import { maxFileBytes } from "../config/values/sizes.ts";
import { requireAllowedName } from "../files/file-name.ts";
import { fileTooLarge } from "../files/receive.ts";
import type { RestoredLink } from "../links/bulk/restored-links.ts";
import { inputContext } from "../links/input/link-schema.ts";
import { kinds, type Link } from "../links/link.ts";
import { fileFieldOf, parseNewLink } from "../links/link-input.ts";
import { isReserved, isStoredCode } from "../links/short-code.ts";
import { invalid, type Problem } from "../problem.ts";
import type { Contents } from "./archive-contents.ts";
import type { ArchivedContent, ArchivedLink } from "./archived-link.ts";

/** A link that will come; its bytes are still in the archive. */
export interface ComingLink extends Omit<RestoredLink, "content"> {
  readonly content: ArchivedContent | null;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** What a link of an archive is judged by. */
export interface Judging {
  readonly app: App;
  readonly ownerId: number;
  readonly archive: Archive;
  readonly contents: Contents;
  /** Whether what the site's settings forbid may come: they may have been others once. */
  readonly isTrusted: boolean;
}

/**
 * The link as it will come.
 * @throws Problem `invalid` that says why it is left out
 */
export function judgeLink(
  judging: Judging,
  link: ArchivedLink,
  existing: Link | undefined,
): ComingLink {
  const { short_code: shortCode } = link;
  if (!isStoredCode(shortCode)) throw leftOut("This is no short code.");
  if (isReserved(shortCode)) throw leftOut("This code is reserved for the site itself.");
  if (existing !== undefined && existing.ownerId !== judging.ownerId) {
    throw leftOut("This code belongs to somebody else.");
  }
  if (existing?.declared) throw leftOut("It is declared in links.toml: change it there.");
  const kind = kinds.find((known) => known === link.kind);
  if (kind === undefined) throw leftOut("This kind of link is not known here.");
  const { shortCode: _, expiresAt: __, ...input } = parseOptions(judging, { ...link, kind });
  if (kind !== "redirect") requireBytes(judging, link.content);
  return {
    ...input,
    shortCode,
    content: kind === "redirect" ? null : link.content,
    expiresAt: link.expires_at,
    createdAt: link.created_at,
    updatedAt: link.updated_at,
    visits: link.visits,
    lastVisitAt: link.last_visit_at,
  };
}

/** By the rules that hold for what people fill in. */
function parseOptions(judging: Judging, link: ArchivedLink & Pick<Link, "kind">) {
  const { kind } = link;
  const fields = {
    link_type: kind,
    url: link.target,
    title: link.title,
    note: link.note,
    redirect_status: String(link.redirect_status),
    disabled: link.disabled ? "on" : "off",
    inline: link.inline ? "on" : "off",
  };
  const came = new Set(kind === "redirect" ? [] : [fileFieldOf[kind]]);
  return parseNewLink(fields, contextFor(judging, link), came);
}

function contextFor({ app, isTrusted }: Judging, { target }: ArchivedLink) {
  const context = inputContext(app, []);
  const scheme = URL.parse(target)?.protocol.slice(0, -1) ?? "";
  if (!isTrusted || scheme === "" || forbiddenSchemes.has(scheme)) return context;
  return { ...context, schemes: [...context.schemes, scheme] };
}

function requireBytes(judging: Judging, content: ArchivedContent | null): void {
  if (content === null) throw leftOut("It has no file.");
  const size = sizeOf(judging, content);
  if (judging.isTrusted) return;
  const settings = judging.app.live.current;
  requireAllowedName(content.name, settings["files.allowed_extensions"], "file");
  const most = maxFileBytes(settings);
  if (size > most) throw leftOut(fileTooLarge(most).message);
}

/** How many bytes a content has; only the entries of the archive are looked at, so no path leads anywhere else. */
export function sizeOf(
  { archive, contents }: Pick<Judging, "archive" | "contents">,
  { source }: ArchivedContent,
): number {
  if ("text" in source) return Buffer.byteLength(source.text);
  const entry = archive.entries.get(source.entry);
  if (!source.entry.startsWith(ASSETS) || entry === undefined) {
    throw leftOut("Its file is not in the archive.");
  }
  if (contents.entries.get(source.entry)?.damaged) {
    throw leftOut("Its file was damaged already when the archive was made.");
  }
  return entry.size;
}

function leftOut(reason: string): Problem {
  return invalid("short_code", reason);
}
