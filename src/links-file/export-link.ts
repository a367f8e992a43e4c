import { basename } from "node:path";
import type { Content, Link } from "../links/link.ts";
import type { FileLink, LinkWords } from "./links-file.ts";

/**
 * A link as a links.toml of `owner`'s describes it: applied here, that changes nothing. Null where its bytes lie among
 * another's, where no path of such a file leads.
 */
export function fileLinkFrom(link: Link, owner: string): FileLink | null {
  const bytes = link.content === null ? {} : pathWords(link.content, owner);
  if (bytes === null) return null;
  const { shortCode, kind, target, title, note, redirectStatus, expiresAt, disabled, inline } =
    link;
  return {
    shortCode,
    type: kind,
    ...(target !== "" && { url: target }),
    ...bytes,
    ...(expiresAt !== null && { expiration_date: new Date(expiresAt).toISOString() }),
    ...(title !== "" && { title }),
    ...(note !== "" && { note }),
    ...(redirectStatus !== 302 && { redirect_status: redirectStatus }),
    ...(disabled && { disabled }),
    ...(inline && { inline }),
  };
}

function pathWords({ path, name }: Content, owner: string): LinkWords | null {
  const folder = `${owner}/assets/`;
  if (!path.startsWith(folder)) return null;
  const relative = path.slice(folder.length);
  return { path: relative, ...(name !== basename(relative) && { original_filename: name }) };
}
