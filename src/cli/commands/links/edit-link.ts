import { splitTags } from "../../../links/tags/tag-names.ts";
import type { Client } from "../../client/client.ts";
import { withClient } from "../../client/with-client.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { text as shared } from "../text.en.ts";
import {
  commonOptions,
  opensInBrowser,
  readPassword,
  redirectStatusIn,
  splitCodes,
} from "./link-options.ts";
import { namingLink } from "./naming-link.ts";
import { text } from "./text.en.ts";

/** Fields of a link as the API has them. */
type Changes = Readonly<Record<string, unknown>>;

export const edit: Command = {
  synopsis: "edit CODE [OPTIONS]",
  summary: () => text.edit.summary,
  words: [1, 1],
  isRemote: true,
  examples: ["trunk8 edit path --url https://example.org/new --expires none"],
  options: {
    url: { value: "URL", doc: () => text.edit.url },
    ...commonOptions,
    code: { value: "CODE", doc: () => text.edit.code },
    "free-code": { doc: () => text.edit.freeCode },
    "no-forward-query": { doc: () => text.edit.noForwardQuery },
    "no-password": { doc: () => text.edit.noPassword },
    enable: { doc: () => text.edit.enable },
    disable: { doc: () => text.edit.disable },
    json: { doc: () => text.edit.json },
  },
  run: async (invocation) => {
    const password = await readPassword(invocation);
    const input = changesIn(invocation, password);
    if (Object.keys(input).length === 0) throw usageProblem(text.edit.nothing);
    await withClient(invocation, (client) => editLink(client, invocation, input));
  },
};

async function editLink(
  client: Client,
  { positionals, has }: Invocation,
  json: object,
): Promise<void> {
  const [code = ""] = positionals;
  const params = { shortCode: code };
  const link = await namingLink(code, client.call("changeLink", { params, json }));
  const { short_code, url, revision } = link;
  if (!has("json")) return printNote(text.edit.changed(short_code));
  printResult(JSON.stringify({ short_code, url, revision }));
}

/** The options that were given, as changes: an absent one keeps its value. */
function changesIn(invocation: Invocation, password: string | null): Changes {
  const { option } = invocation;
  const [url, code, alias, tag] = ["url", "code", "alias", "tag"].map(option);
  const [expires, starts, fallback] = ["expires", "starts", "fallback"].map(option);
  const [title, note, limit, embed] = ["title", "note", "visit-limit", "embed"].map(option);
  const inline = opensInBrowser(invocation);
  const status = redirectStatusIn(invocation);
  const passes = oneOf(invocation, "forward-query", "no-forward-query");
  const isEnabled = oneOf(invocation, "enable", "disable");
  return {
    ...(url !== undefined && { kind: "redirect", target: url }),
    ...(code !== undefined && { short_code: code }),
    ...(invocation.has("free-code") && { keep_alias: false }),
    ...(alias !== undefined && { aliases: isNone(alias) ? [] : splitCodes(alias) }),
    ...(title !== undefined && { title }),
    ...(note !== undefined && { note }),
    ...(tag !== undefined && { tags: isNone(tag) ? [] : splitTags(tag) }),
    ...(expires !== undefined && { expires_at: isNone(expires) ? null : expires }),
    ...(starts !== undefined && { starts_at: isNone(starts) ? null : starts }),
    ...(fallback !== undefined && { fallback_url: isNone(fallback) ? null : fallback }),
    ...(embed !== undefined && { embed_hosts: isNone(embed) ? null : embed }),
    ...(limit !== undefined && { visit_limit: isNone(limit) ? null : Number(limit) }),
    ...(status !== undefined && { redirect_status: status }),
    ...(passes !== null && { forward_query: passes }),
    ...(isEnabled !== null && { disabled: !isEnabled }),
    ...(inline !== null && { inline }),
    ...passwordIn(invocation, password),
  };
}

function passwordIn({ has }: Invocation, password: string | null): Changes {
  if (!has("no-password")) return password === null ? {} : { password };
  if (password !== null) throw usageProblem(shared.links.add.onePassword);
  return { password: null };
}

/** True for the first of two switches, false for the second, null for neither. */
function oneOf({ has }: Invocation, on: string, off: string): boolean | null {
  if (has(on) && has(off)) throw usageProblem(text.edit.both(on, off));
  return has(on) || has(off) ? has(on) : null;
}

function isNone(given: string): boolean {
  return given.trim() === "none" || given.trim() === "";
}
