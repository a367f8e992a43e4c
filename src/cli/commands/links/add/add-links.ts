import { kinds } from "../../../../links/link.ts";
import { formatAlternatives } from "../../../../text/format.ts";
import type { Command, Invocation } from "../../../command.ts";
import { findGivenFile, STANDARD_INPUT } from "../../../given-file.ts";
import { text } from "../../text.en.ts";
import { commonOptions, opensInBrowser, readPassword } from "../link-options.ts";
import { text as linkText } from "../text.en.ts";
import { addFile } from "./add-file.ts";
import { addFromJson } from "./add-json.ts";
import { addUrl } from "./add-url.ts";

export const add: Command = {
  synopsis: "add URL|FILE [OPTIONS]",
  summary: () => text.links.add.summary,
  words: [1, 1],
  isRemote: true,
  examples: [
    "trunk8 add https://example.org/a/long/path --code path --expires 30d",
    'trunk8 add report.pdf --inline --tag "team, 2026"',
  ],
  options: {
    code: { value: "CODE", doc: () => text.links.add.code },
    kind: { value: "KIND", doc: () => text.links.add.kind(formatAlternatives(kinds)) },
    name: { value: "NAME", doc: () => text.links.add.name },
    ...commonOptions,
    "find-if-exists": { doc: () => linkText.findIfExists },
    user: { value: "NAME", doc: () => text.links.add.user },
    json: { doc: () => text.links.add.json },
  },
  run: async (invocation) => {
    if (!readsJson(invocation)) return await addOne(invocation);
    const { user: _user, json: _json, ...fields } = add.options;
    await addFromJson(invocation, Object.keys(fields));
  },
};

async function addOne(invocation: Invocation): Promise<void> {
  const given = await findGivenFile(invocation);
  const inline = opensInBrowser(invocation);
  const chosen = { inline, password: await readPassword(invocation) };
  await (given === null ? addUrl(invocation, chosen) : addFile(invocation, given, chosen));
}

/** A file from standard input has a name. */
function readsJson({ positionals, option, has }: Invocation): boolean {
  const isFile = option("name") !== undefined || option("kind") !== undefined;
  return positionals[0] === STANDARD_INPUT && has("json") && !isFile;
}
