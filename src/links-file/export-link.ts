import { basename } from "node:path";
import type { Content, Link } from "../links/link.ts";
import { NO_HOSTS } from "../links/options/embed-hosts.ts";
import type { FileLink, LinkKeys } from "./links-file.ts";

/**
 * Describes a link as a links.toml of `owner` does: applying that changes nothing. Null if no path in the file can name
 * the link's file: it is missing, or belongs to another user.
 */
export function fileLinkFrom(link: Link, owner: string): FileLink | null {
  const bytes = link.kind === "redirect" ? {} : link.content && pathKeys(link.content, owner);
  if (bytes === null) return null;
  const { shortCode, kind, target, title, note, redirectStatus, expiresAt, disabled, inline } =
    link;
  return {
    shortCode,
    type: kind,
    ...(target !== "" && { url: target }),
    ...bytes,
    ...(expiresAt !== null && { expiration_date: new Date(expiresAt).toISOString() }),
    ...(link.startsAt !== null && { starts_at: new Date(link.startsAt).toISOString() }),
    ...(link.fallbackUrl !== "" && { fallback_url: link.fallbackUrl }),
    ...(link.aliases.length > 0 && { aliases: link.aliases }),
    ...(link.forwardQuery !== null && { forward_query: link.forwardQuery }),
    ...(link.embedHosts !== NO_HOSTS && { embed_hosts: link.embedHosts }),
    ...(link.visitLimit !== null && { visit_limit: link.visitLimit }),
    ...(link.tags.length > 0 && { tags: link.tags }),
    ...(title !== "" && { title }),
    ...(note !== "" && { note }),
    ...(redirectStatus !== 302 && { redirect_status: redirectStatus }),
    ...(disabled && { disabled }),
    ...(inline && { inline }),
  };
}

function pathKeys({ path, name }: Content, owner: string): LinkKeys | null {
  const folder = `${owner}/assets/`;
  if (!path.startsWith(folder)) return null;
  const relative = path.slice(folder.length);
  return { path: relative, ...(name !== basename(relative) && { original_filename: name }) };
}
