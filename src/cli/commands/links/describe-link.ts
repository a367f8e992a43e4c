import { type Content, type Link, statusOf } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { formatBytes } from "../../../text/format.ts";

/** The destination of a redirect, or name and size of a file. */
export function describeContent({ target, content }: Pick<Link, "target" | "content">): string {
  return content === null ? target : `${content.name} (${formatBytes(content.size)})`;
}

/** A link as JSON: times as ISO 8601, without internal ids. The old names of 0.x stay beside the new ones. */
export function describeLink(
  { id: _, ownerId: __, passwordHash, content, ...link }: ListedLink,
  now: number,
) {
  const status = statusOf(link, now);
  return {
    short_code: link.shortCode,
    ...link,
    hasPassword: passwordHash !== "",
    content: content && describeBytes(content),
    status,
    standing: status,
    expiresAt: iso(link.expiresAt),
    startsAt: iso(link.startsAt),
    createdAt: iso(link.createdAt),
    updatedAt: iso(link.updatedAt),
    lastVisitAt: iso(link.lastVisitAt),
  };
}

export function describeBytes({ name, type, size, sha256, modifiedAt }: Content) {
  return { name, type, size, sha256, modifiedAt: iso(modifiedAt) };
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
