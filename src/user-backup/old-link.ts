import { basename } from "node:path";
import { ASSETS } from "../archive/manifest.ts";
import { cleanFileName } from "../files/file-name.ts";
import type { FileLink } from "../links-file/links-file.ts";
import type { ArchivedContent, ArchivedLink } from "./archived-link.ts";
import { readOldTime } from "./old-time.ts";

/** How what the original program wrote is read. */
export interface OldReading {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** IANA name: its times have no zone. */
  readonly zone: string;
}

/** A link of the original's, and what was not understood of it. */
export interface OldLink {
  readonly link: ArchivedLink;
  readonly remarks: readonly string[];
}

/** Reads a link as the original program understood it: a date that it could not read means that it never expires. */
export function readOldLink(link: FileLink, { now, zone }: OldReading): OldLink {
  const { shortCode, expiration_date: expiry } = link;
  const expiresAt = readOldTime(expiry ?? "", zone);
  const createdAt = readOldTime(link.upload_date ?? "", zone) ?? now;
  const isUnread = expiry !== undefined && expiresAt === null;
  const unread = `${shortCode}: the date "${expiry}" cannot be read, so it does not expire.`;
  return {
    link: {
      short_code: shortCode,
      kind: link.type ?? "",
      target: link.url ?? "",
      title: link.title ?? "",
      note: link.note ?? "",
      redirect_status: statusOf(link.redirect_status),
      expires_at: expiresAt,
      disabled: link.disabled ?? false,
      inline: link.inline ?? false,
      created_at: createdAt,
      updated_at: createdAt,
      content: contentOf(link, createdAt),
      visits: 0,
      last_visit_at: null,
    },
    remarks: isUnread ? [unread] : [],
  };
}

function statusOf(status = 302): ArchivedLink["redirect_status"] {
  return status === 301 || status === 307 || status === 308 ? status : 302;
}

function contentOf(link: FileLink, modifiedAt: number): ArchivedContent | null {
  const { type, path, content, original_filename: given } = link;
  if (type === "redirect") return null;
  const named = given ?? (path === undefined ? textName(link) : oldName(path));
  const facts = { name: cleanFileName(named), modified_at: modifiedAt };
  if (path === undefined && content !== undefined) return { ...facts, source: { text: content } };
  return { ...facts, source: { entry: ASSETS + (path ?? "") } };
}

function textName({ shortCode, type }: FileLink): string {
  return `${shortCode}.${type === "html" ? "html" : "md"}`;
}

/** It kept files as `<random hex>_<name>`. */
function oldName(path: string): string {
  return basename(path).replace(/^[0-9a-f]{8,64}_(?=.)/i, "");
}
