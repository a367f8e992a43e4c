import { formatCount } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { type Column, formatTable, type Row } from "../../format-table.ts";
import { noteWidth } from "../../screen.ts";
import { text } from "../text.en.ts";
import { contentOf } from "./link-json.ts";
import { namingLink } from "./naming-link.ts";

export const rm: Command = {
  synopsis: "rm CODE... [--yes]",
  summary: () => text.links.rm.summary,
  words: [1, 10_000],
  examples: ["trunk8 rm path", "trunk8 restore path"],
  isRemote: true,
  options: {
    yes: { doc: () => text.links.rm.yes },
    json: { doc: () => text.links.rm.json },
  },
  run: (invocation) => withClient(invocation, (client) => removeLinks(client, invocation)),
};

async function removeLinks(client: Client, { positionals, has }: Invocation): Promise<void> {
  if (canAsk() && !has("yes")) await confirmRemoval(client, positionals);
  for (const shortCode of positionals) {
    await namingLink(shortCode, client.call("deleteLink", { params: { shortCode } }));
    printNote(text.links.rm.deleted(shortCode));
  }
  if (has("json")) printResult(JSON.stringify({ deleted: positionals }));
}

/** Shows what the codes stand for, so that none is deleted by a slip of the keyboard. */
async function confirmRemoval(client: Client, shortCodes: readonly string[]): Promise<void> {
  const { code, visits, content } = text.links.ls.heads;
  const rows: Row[] = [];
  for (const shortCode of new Set(shortCodes)) {
    const link = await namingLink(shortCode, client.call("readLink", { params: { shortCode } }));
    rows.push([shortCode, formatCount(link.visits), contentOf(link)]);
  }
  const columns: Column[] = [{ head: code }, { head: visits, align: "right" }, { head: content }];
  printNote(formatTable(columns, rows, noteWidth()));
  await confirmAtTerminal(text.links.rm.confirm(rows.length));
}
