import type { App } from "../../../app.ts";
import { operator } from "../../../policy.ts";
import { formatCount } from "../../../text/format.ts";
import { type Command, type Invocation, printNote } from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { type Column, formatTable, type Row } from "../../format-table.ts";
import { noteWidth } from "../../screen.ts";
import { withApp } from "../../with-app.ts";
import { text } from "../text.en.ts";

import { describeContent } from "./describe-link.ts";
import { namingLink } from "./link-owner.ts";

export const rm: Command = {
  synopsis: "rm CODE... [--yes]",
  summary: () => text.links.rm.summary,
  words: [1, 10_000],
  options: { yes: { doc: () => text.links.rm.yes } },
  run: (invocation) => withApp(invocation, (app) => removeLinks(app, invocation)),
};

async function removeLinks(app: App, { positionals: shortCodes, has }: Invocation): Promise<void> {
  if (canAsk() && !has("yes")) await confirmRemoval(app, shortCodes);
  for (const shortCode of shortCodes) {
    await namingLink(shortCode, app.links.remove(operator, shortCode));
    printNote(text.links.rm.deleted(shortCode));
  }
}

/** Shows what the codes stand for, so that none is deleted by a slip of the keyboard. */
async function confirmRemoval(app: App, shortCodes: readonly string[]): Promise<void> {
  const { code, visits, content } = text.links.ls.heads;
  const rows: Row[] = [];
  for (const shortCode of new Set(shortCodes)) {
    const link = await namingLink(shortCode, app.links.get(operator, shortCode));
    rows.push([shortCode, formatCount(link.visits), describeContent(link)]);
  }
  const columns: Column[] = [{ head: code }, { head: visits, align: "right" }, { head: content }];
  printNote(formatTable(columns, rows, noteWidth()));
  await confirmAtTerminal(text.links.rm.confirm(rows.length));
}
