import type { App } from "../../../app.ts";
import type { Tag } from "../../../links/tags/tags.ts";
import { operator } from "../../../policy.ts";
import { formatCount } from "../../../text/format.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { withApp } from "../../with-app.ts";
import { ownerOf } from "../links/link-owner.ts";
import { text } from "./text.en.ts";

const user = { value: "NAME", doc: () => text.user } as const;

export const listTags: Command = {
  synopsis: "tag ls [--user NAME] [--json]",
  summary: () => text.summary,
  words: [0, 0],
  options: { user, json: { doc: () => text.json } },
  run: (invocation) =>
    withApp(invocation, async (app) => {
      const tags = await Array.fromAsync(everyTag(app, (await ownerOf(app, invocation)).id));
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
  options: { user },
  run: (invocation) =>
    changeTag(invocation, (app, owner, [tag, to]) =>
      app.links.tags.rename(operator, owner, tag, to),
    ),
};

export const mergeTags: Command = {
  synopsis: "tag merge TAG INTO [--user NAME]",
  summary: () => text.mergeSummary,
  words: [2, 2],
  options: { user },
  run: (invocation) =>
    changeTag(invocation, (app, owner, [tag, to]) =>
      app.links.tags.merge(operator, owner, tag, to),
    ),
};

export const removeTag: Command = {
  synopsis: "tag rm TAG [--user NAME]",
  summary: () => text.removeSummary,
  words: [1, 1],
  options: { user },
  run: (invocation) =>
    changeTag(invocation, (app, owner, [tag]) => app.links.tags.remove(operator, owner, tag)),
};

async function changeTag(
  invocation: Invocation,
  work: (app: App, ownerId: number, names: readonly [string, string]) => Promise<number>,
): Promise<void> {
  const [tag = "", to = ""] = invocation.positionals;
  await withApp(invocation, async (app) => {
    printNote(text.changed(await work(app, (await ownerOf(app, invocation)).id, [tag, to])));
  });
}

async function* everyTag(app: App, owner: number): AsyncGenerator<Tag> {
  let after: string | undefined = "";
  while (after !== undefined) {
    const tags: Tag[] = await app.links.tags.list(operator, owner, after);
    yield* tags;
    after = tags.at(-1)?.name;
  }
}
