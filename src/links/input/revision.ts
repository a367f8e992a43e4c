import { isDeepStrictEqual } from "node:util";
import { Problem } from "../../problem.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import type { KeptFile } from "../files/kept-file.ts";
import type { Link } from "../link.ts";
import { areSameTags } from "../tags/tag-names.ts";
import { text } from "../text.en.ts";
import type { LinkChanges } from "./link-schema.ts";

/** Whether a link has changed since a revision; not where none is given. */
export function isChangedSince(link: Link, revision: number | undefined): boolean {
  return revision !== undefined && revision !== link.revision;
}

/**
 * Whether a link is as the changes make it, but for its password: a form that is sent twice changes nothing the second
 * time.
 */
export function hasAlready(
  link: Link,
  { revision: _, keepAlias: __, password: ___, aliases = link.aliases, ...changes }: LinkChanges,
  kept: KeptFile | null,
): boolean {
  const { content } = link;
  const isSameFile =
    kept === null || (kept.blob.sha256 === content?.sha256 && kept.name === content.name);
  const hasAliases =
    aliases.length === link.aliases.length && aliases.every((code) => link.aliases.includes(code));
  return isSameFile && hasAliases && hasValues(link, changes);
}

/** Whether a link has these values; tags are the same however they are typed. */
export function hasValues(link: Link, { tags = link.tags, ...others }: Partial<Link>): boolean {
  const names = Object.keys(others) as (keyof typeof others)[];
  const isSame = names.every((name) => isDeepStrictEqual(others[name], link[name]));
  return isSame && areSameTags(tags, link.tags);
}

/** The refusal of changes that were made from an earlier revision, with the link as it is now. */
export function changedSince(link: Link): Problem {
  return new Problem("conflict", text.changedMeanwhile.link, { current: describe(link) });
}

/** A link with the keys that changes by JSON have. */
function describe(link: Link): Readonly<Record<string, unknown>> {
  const { shortCode, kind, target, title, note, redirectStatus, startsAt, expiresAt, content } =
    link;
  return {
    revision: link.revision,
    short_code: shortCode,
    kind,
    target,
    title,
    note,
    tags: link.tags,
    redirect_status: redirectStatus,
    expires_at: rfc3339(expiresAt),
    starts_at: rfc3339(startsAt),
    fallback_url: link.fallbackUrl,
    forward_query: link.forwardQuery,
    embed_hosts: link.embedHosts,
    aliases: link.aliases,
    visit_limit: link.visitLimit,
    has_password: link.passwordHash !== "",
    disabled: link.disabled,
    inline: link.inline,
    file_name: content?.name ?? null,
  };
}
