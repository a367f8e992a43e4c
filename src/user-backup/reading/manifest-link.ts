import type { ManifestFile, ManifestLink } from "../../archive/manifest.ts";
import { expiryTime, pastTime } from "../../archive/value-ranges.ts";
import type { ArchivedFile, ArchivedLink } from "../checked-link.ts";

/** A link of a manifest, its times in their ranges. */
export function linkFromManifest(
  link: ManifestLink,
  files: readonly ArchivedFile[],
  now: number,
): ArchivedLink {
  const { kind, target, title, note, disabled, inline, visits, content } = link;
  return {
    shortCode: link.short_code,
    kind,
    target,
    title,
    note,
    redirectStatus: link.redirect_status,
    expiresAt: link.expires_at === null ? null : expiryTime(link.expires_at),
    startsAt: link.starts_at === null ? null : expiryTime(link.starts_at),
    fallbackUrl: link.fallback_url,
    tags: link.tags,
    forwardQuery: link.forward_query,
    embedHosts: link.embed_hosts,
    aliases: link.aliases,
    visitLimit: link.visit_limit,
    visitsLeft: link.visits_left,
    passwordHash: link.password_hash,
    disabled,
    inline,
    createdAt: pastTime(link.created_at, now),
    updatedAt: pastTime(link.updated_at, now),
    content: content && {
      name: content.name,
      modifiedAt: pastTime(content.modified_at, now),
      source: { entry: content.entry },
    },
    files,
    visits,
    lastVisitAt: link.last_visit_at === null ? null : pastTime(link.last_visit_at, now),
  };
}

/** One of the files of a link that has several. */
export function fileFromManifest(
  { path, title, entry, modified_at }: ManifestFile,
  now: number,
): ArchivedFile {
  const modifiedAt = pastTime(modified_at, now);
  return { path, title, content: { name: path, modifiedAt, source: { entry } } };
}
