import type { z } from "zod";
import { isDrawable } from "../../files/media/thumbnails.ts";
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { type Content, statusOf } from "../../links/link.ts";
import type { ListedLink } from "../../links/links.ts";
import { NO_HOSTS } from "../../links/options/embed-hosts.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import type { createdLinkSchema, linkSchema } from "./link-schema.ts";

type LinkJson = z.input<typeof linkSchema>;

/** A link as the API answers it. */
export function describeLink(
  { app, client }: Pick<Call, "app" | "client">,
  link: ListedLink,
): LinkJson {
  const { shortCode, target, fallbackUrl } = link;
  return {
    short_code: shortCode,
    url: client.origin + href("open", { shortCode }),
    kind: link.kind,
    status: statusOf(link, app.clock()),
    target: target === "" ? null : target,
    title: link.title,
    note: link.note,
    tags: [...link.tags],
    redirect_status: link.redirectStatus,
    starts_at: rfc3339(link.startsAt),
    expires_at: rfc3339(link.expiresAt),
    fallback_url: fallbackUrl === "" ? null : fallbackUrl,
    forward_query: link.forwardQuery,
    embed_hosts: link.embedHosts === NO_HOSTS ? null : link.embedHosts,
    aliases: [...link.aliases],
    visit_limit: link.visitLimit,
    visits_left: link.visitsLeft,
    has_password: link.passwordHash !== "",
    wrong_passwords: link.wrongPasswords,
    disabled: link.disabled,
    inline: link.inline,
    declared: link.declared,
    owner: link.owner,
    revision: link.revision,
    visits: link.visits,
    last_visit_at: rfc3339(link.lastVisitAt),
    created_at: new Date(link.createdAt).toISOString(),
    updated_at: new Date(link.updatedAt).toISOString(),
    file: link.content && describeFile(link.content),
  };
}

/** A new link as its creation is answered: with what only its creator gets. */
export function describeCreated(
  call: Pick<Call, "app" | "client">,
  link: ListedLink,
): z.input<typeof createdLinkSchema> {
  const { shortCode, content } = link;
  const { origin } = call.client;
  const hasThumbnail = content !== null && isDrawable(content);
  return {
    ...describeLink(call, link),
    thumbnail_url: hasThumbnail ? origin + href("thumbnail", { shortCode }) : null,
    deletion_url: deletionUrlOf(call, link),
  };
}

/** Where everyone with the address can delete a link. */
export function deletionUrlOf(
  { app, client }: Pick<Call, "app" | "client">,
  link: ListedLink,
): string {
  const { shortCode } = link;
  return client.origin + href("removeByToken", { shortCode, token: app.removals.tokenOf(link) });
}

function describeFile({ name, type, size, sha256, modifiedAt }: Content): LinkJson["file"] {
  return { name, type, size, sha256, modified_at: new Date(modifiedAt).toISOString() };
}
