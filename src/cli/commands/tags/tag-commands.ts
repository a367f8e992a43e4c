import { formatCount } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import { everyItem } from "../../client/every-item.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { text } from "./text.en.ts";

const user = { value: "NAME", doc: () => text.user } as const;
const json = { doc: () => text.json } as const;

export const listTags: Command = {
  synopsis: "tag ls [--user NAME] [--json]",
  summary: () => text.summary,
  words: [0, 0],
  examples: ["trunk8 tag ls"],
  options: { user, json },
  isRemote: true,
  run: (invocation) =>
    withClient(invocation, async (client) => {
      const owner = invocation.option("user");
      const tags = await Array.fromAsync(
        everyItem((after) => client.call("listTags", { query: { owner, after } })),
      );
      const { tag, links } = text.heads;
      const rows = tags.map((one) => [one.name, formatCount(one.links)]);
      if (invocation.has("json")) printResult(JSON.stringify(tags, null, 2));
      else if (tags.length === 0) printNote(text.empty);
      else
        printResult(
          formatTable([{ head: tag }, { head: links, align: "right" }], rows, screenWidth()),
        );
    }),
};

export const renameTag: Command = {
  synopsis: "tag rename TAG NEW [--user NAME]",
  summary: () => text.renameSummary,
  words: [2, 2],
  examples: ["trunk8 tag rename team crew"],
  options: { user, json },
  isRemote: true,
  run: (invocation) =>
    changeTag(invocation, (client, query, { tag, to }) =>
      client.call("renameTag", { params: { tag }, query, json: { to } }),
    ),
};

export const mergeTags: Command = {
  synopsis: "tag merge TAG INTO [--user NAME]",
  summary: () => text.mergeSummary,
  words: [2, 2],
  examples: ["trunk8 tag merge crew team"],
  options: { user, json },
  isRemote: true,
  run: (invocation) =>
    changeTag(invocation, (client, query, { tag, to }) =>
      client.call("mergeTag", { params: { tag }, query, json: { to } }),
    ),
};

export const removeTag: Command = {
  synopsis: "tag rm TAG [--user NAME]",
  summary: () => text.removeSummary,
  words: [1, 1],
  examples: ["trunk8 tag rm team"],
  options: { user, json },
  isRemote: true,
  run: (invocation) =>
    changeTag(invocation, (client, query, { tag }) =>
      client.call("deleteTag", { params: { tag }, query }),
    ),
};

interface Named {
  readonly tag: string;
  readonly to: string;
}

async function changeTag(
  invocation: Invocation,
  change: (
    client: Client,
    query: { readonly owner: string | undefined },
    names: Named,
  ) => Promise<{ readonly count: number }>,
): Promise<void> {
  const [tag = "", to = ""] = invocation.positionals;
  await withClient(invocation, async (client) => {
    const { count } = await change(client, { owner: invocation.option("user") }, { tag, to });
    if (invocation.has("json")) printResult(JSON.stringify({ count }));
    else printNote(text.changed(count));
  });
}
