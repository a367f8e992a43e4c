import { kinds } from "../../../../links/link.ts";
import { formatAlternatives } from "../../../../text/format.ts";
import type { Command } from "../../../command.ts";
import { openGivenFile } from "../../../given-file.ts";
import { text } from "../../text.en.ts";
import { commonOptions, opensInBrowser, readPassword } from "../link-options.ts";
import { text as linkText } from "../text.en.ts";
import { addFile } from "./add-file.ts";

const { alias: _, "redirect-status": __, "forward-query": ___, ...options } = commonOptions;

export const put: Command = {
  synopsis: "put FILE... [OPTIONS]",
  summary: () => linkText.put,
  words: [1, 1000],
  isRemote: true,
  examples: ["trunk8 put *.pdf --expires 7d"],
  options: {
    kind: { value: "KIND", doc: () => text.links.add.kind(formatAlternatives(kinds)) },
    ...options,
    user: { value: "NAME", doc: () => text.links.add.user },
    json: { doc: () => text.links.add.json },
  },
  run: async (invocation) => {
    const inline = opensInBrowser(invocation);
    const kind = invocation.option("kind");
    const chosen = { inline, password: await readPassword(invocation) };
    for (const path of invocation.positionals)
      await addFile(invocation, await openGivenFile(path, undefined, kind), chosen);
  },
};
