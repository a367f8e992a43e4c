import { basename } from "node:path";
import { expiryTime, pastTime } from "../archive/value-ranges.ts";
import { cleanFileName } from "../files/file-name.ts";
import type { Link, RedirectStatus } from "../links/link.ts";
import type { FileLink } from "./links-file.ts";
import { readOldTime } from "./old-time.ts";

/** How the files of the Python Trunk8 are read. */
export interface OldReading {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** IANA name: its times have no zone. */
  readonly zone: string;
}

/** A link as the Python Trunk8 understood it. Its shape is right; whether it is allowed has not been checked. */
export interface OldLink
  extends Pick<
    Link,
    "title" | "note" | "redirectStatus" | "expiresAt" | "disabled" | "inline" | "createdAt"
  > {
  readonly shortCode: string;
  readonly kind: string;
  readonly target: string;
  readonly content: OldContent | null;
  /** Whether its expiry could not be read: then it never expires, as it never did. */
  readonly isExpiryUnreadable: boolean;
}

/** Bytes in the user's assets folder, or a text in the links.toml itself. */
export interface OldContent {
  readonly name: string;
  readonly modifiedAt: number;
  /** The path is empty if none is given. */
  readonly source: { readonly path: string } | { readonly text: string };
}

/** Reads an entry of a links.toml that the Python Trunk8 wrote; times are moved into their ranges. */
export function readOldLink(link: FileLink, { now, zone }: OldReading): OldLink {
  const { expiration_date: expiry } = link;
  const expiresAt = readOldTime(expiry ?? "", zone);
  const createdAt = pastTime(readOldTime(link.upload_date ?? "", zone) ?? now, now);
  return {
    shortCode: link.shortCode,
    kind: link.type ?? "",
    target: link.url ?? "",
    title: link.title ?? "",
    note: link.note ?? "",
    redirectStatus: statusOf(link.redirect_status),
    expiresAt: expiresAt === null ? null : expiryTime(expiresAt),
    disabled: link.disabled ?? false,
    inline: link.inline ?? false,
    createdAt,
    content: contentOf(link, createdAt),
    isExpiryUnreadable: expiry !== undefined && expiresAt === null,
  };
}

function statusOf(status = 302): RedirectStatus {
  return status === 301 || status === 307 || status === 308 ? status : 302;
}

function contentOf(link: FileLink, modifiedAt: number): OldContent | null {
  const { type, path, content, original_filename: given } = link;
  if (type === "redirect") return null;
  const named = given ?? (path === undefined ? textName(link) : oldName(path));
  const name = cleanFileName(named);
  if (path === undefined && content !== undefined)
    return { name, modifiedAt, source: { text: content } };
  return { name, modifiedAt, source: { path: path ?? "" } };
}

function textName({ shortCode, type }: FileLink): string {
  return `${shortCode}.${type === "html" ? "html" : "md"}`;
}

/** Files were stored as `<random hex>_<name>`. */
function oldName(path: string): string {
  return basename(path).replace(/^[0-9a-f]{8,64}_(?=.)/i, "");
}
