import { formatBytes } from "../../../text/format.ts";
import type { LinkJson } from "../../client/client-operations.ts";
import type { Style } from "../../screen.ts";

/** The destination of a redirect, or name and size of a file. */
export function contentOf({
  target,
  file,
}: {
  readonly target: string | null;
  readonly file: Pick<NonNullable<LinkJson["file"]>, "name" | "size"> | null;
}): string {
  return file === null ? (target ?? "") : `${file.name} (${formatBytes(file.size)})`;
}

/** The color of a status on a screen. */
export function styleOfStatus(status: string): Style | undefined {
  return stylesOfStatus[status as LinkJson["status"]];
}

const stylesOfStatus: Readonly<Record<LinkJson["status"], Style>> = {
  live: "green",
  scheduled: "yellow",
  limit_reached: "red",
  expired: "red",
  disabled: "dim",
};

/** A link as commands print it: the names of 0.x stay beside the new ones. */
export function jsonOf(link: LinkJson) {
  const { status, file } = link;
  return {
    short_code: link.short_code,
    shortCode: link.short_code,
    owner: link.owner,
    kind: link.kind,
    target: link.target ?? "",
    title: link.title,
    note: link.note,
    tags: link.tags,
    aliases: link.aliases,
    redirectStatus: link.redirect_status,
    inline: link.inline,
    disabled: link.disabled,
    declared: link.declared,
    startsAt: link.starts_at,
    expiresAt: link.expires_at,
    fallbackUrl: link.fallback_url ?? "",
    forwardQuery: link.forward_query,
    embedHosts: link.embed_hosts ?? "",
    visitLimit: link.visit_limit,
    visitsLeft: link.visits_left,
    wrongPasswords: link.wrong_passwords,
    revision: link.revision,
    visits: link.visits,
    hasPassword: link.has_password,
    content: file && {
      name: file.name,
      type: file.type,
      size: file.size,
      sha256: file.sha256,
      modifiedAt: file.modified_at,
    },
    status,
    standing: status,
    createdAt: link.created_at,
    updatedAt: link.updated_at,
    lastVisitAt: link.last_visit_at,
  };
}
