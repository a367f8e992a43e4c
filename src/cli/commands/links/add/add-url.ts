import { splitTags } from "../../../../links/tags/tag-names.ts";
import type { Client } from "../../../client/client.ts";
import type { LinkJson } from "../../../client/client-operations.ts";
import { withClient } from "../../../client/with-client.ts";
import { type Invocation, printNote, printResult } from "../../../command.ts";
import { isNoteOnScreen } from "../../../screen.ts";
import { text } from "../../text.en.ts";
import { redirectStatusIn, splitCodes } from "../link-options.ts";
import { refuseOwner } from "./refuse-owner.ts";

/** What needs more than the options: null is what the site's settings say, and no password. */
export interface Chosen {
  readonly inline: boolean | null;
  readonly password: string | null;
}

/** Creates a link to a URL. The operation checks the values. */
export async function addUrl(invocation: Invocation, chosen: Chosen): Promise<void> {
  await withClient(invocation, async (client) => {
    refuseOwner(client, invocation);
    noteAssumedOrigin(client);
    const [target = ""] = invocation.positionals;
    const json = { target, ...fieldsOf(invocation, chosen) };
    printLink(invocation, await client.call("createLink", { json }));
  });
}

type Created = Pick<LinkJson, "short_code" | "url">;

/** Prints a new link: its short URL, or JSON. */
export function printLink({ has }: Invocation, link: Created): void {
  printResult(has("json") ? JSON.stringify(resultOf(link)) : link.url);
}

/** The old name of 0.x stays beside the new one. */
export function resultOf({ short_code, url }: Created) {
  return { short_code, shortCode: short_code, url };
}

/** The fields that options name, as the API has them. */
export function fieldsOf(invocation: Invocation, { inline, password }: Chosen) {
  const { option, has } = invocation;
  const [tag, alias, limit] = ["tag", "alias", "visit-limit"].map(option);
  const texts = {
    short_code: option("code") || undefined,
    kind: option("kind"),
    expires_at: option("expires") || undefined,
    starts_at: option("starts") || undefined,
    fallback_url: option("fallback") || undefined,
    embed_hosts: option("embed") || undefined,
    title: option("title"),
    note: option("note"),
    tags: tag === undefined ? undefined : splitTags(tag),
    aliases: alias === undefined ? undefined : splitCodes(alias),
    visit_limit: limit && Number(limit),
    redirect_status: redirectStatusIn(invocation),
  };
  return {
    ...texts,
    ...(has("forward-query") && { forward_query: true }),
    ...(has("find-if-exists") && { find_if_exists: true }),
    ...(inline !== null && { inline }),
    ...(password !== null && { password }),
  };
}

/** The server's environment may say what this command's does not. */
export function noteAssumedOrigin({ assumedOrigin }: Pick<Client, "assumedOrigin">): void {
  if (isNoteOnScreen() && assumedOrigin !== null)
    printNote(text.links.add.assumedUrl(assumedOrigin));
}
