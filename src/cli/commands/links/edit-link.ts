import type { App } from "../../../app.ts";
import { href } from "../../../http/urls.ts";
import {
  inputContext,
  type LinkChangesInput,
  parseLinkChanges,
} from "../../../links/input/link-schema.ts";
import { splitTags } from "../../../links/tags/tag-names.ts";
import { operator } from "../../../policy.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { text as shared } from "../text.en.ts";
import {
  commonOptions,
  opensInBrowser,
  readPassword,
  redirectStatusIn,
  splitCodes,
} from "./link-options.ts";
import { namingLink } from "./link-owner.ts";
import { text } from "./text.en.ts";

export const edit: Command = {
  synopsis: "edit CODE [OPTIONS]",
  summary: () => text.edit.summary,
  words: [1, 1],
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
    await withApp(invocation, (app) => editLink(app, invocation, input));
  },
};

async function editLink(
  app: App,
  { positionals, has }: Invocation,
  input: LinkChangesInput,
): Promise<void> {
  const [code = ""] = positionals;
  const link = await namingLink(code, app.links.get(operator, code));
  const origins = [siteOrigin(app.live.current)];
  const changes = parseLinkChanges(input, link, inputContext(app, origins));
  await app.links.circles.refuseChanges(link, changes, origins);
  const { shortCode, revision } = await app.links.edit(operator, link.shortCode, changes);
  if (!has("json")) return printNote(text.edit.changed(shortCode));
  const url = siteOrigin(app.live.current) + href("open", { shortCode });
  printResult(JSON.stringify({ short_code: shortCode, url, revision }));
}

/** The options that were given, as changes: an absent one keeps its value. */
function changesIn(invocation: Invocation, password: string | null): LinkChangesInput {
  const { option } = invocation;
  const [url, code, alias, tag] = ["url", "code", "alias", "tag"].map(option);
  const [expires, starts, fallback] = ["expires", "starts", "fallback"].map(option);
  const [title, note, limit] = ["title", "note", "visit-limit"].map(option);
  const inline = opensInBrowser(invocation);
  const status = redirectStatusIn(invocation);
  const passes = oneOf(invocation, "forward-query", "no-forward-query");
  const isEnabled = oneOf(invocation, "enable", "disable");
  return {
    ...(url !== undefined && { kind: "redirect", target: url }),
    ...(code !== undefined && { shortCode: code }),
    ...(invocation.has("free-code") && { keepAlias: false }),
    ...(alias !== undefined && { aliases: isNone(alias) ? [] : splitCodes(alias) }),
    ...(title !== undefined && { title }),
    ...(note !== undefined && { note }),
    ...(tag !== undefined && { tags: isNone(tag) ? [] : splitTags(tag) }),
    ...(expires !== undefined && { expiresAt: isNone(expires) ? null : expires }),
    ...(starts !== undefined && { startsAt: isNone(starts) ? null : starts }),
    ...(fallback !== undefined && { fallbackUrl: isNone(fallback) ? null : fallback }),
    ...(limit !== undefined && { visitLimit: isNone(limit) ? null : Number(limit) }),
    ...(status !== undefined && { redirectStatus: status }),
    ...(passes !== null && { forwardQuery: passes }),
    ...(isEnabled !== null && { disabled: !isEnabled }),
    ...(inline !== null && { inline }),
    ...passwordIn(invocation, password),
  };
}

function passwordIn({ has }: Invocation, password: string | null): LinkChangesInput {
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
