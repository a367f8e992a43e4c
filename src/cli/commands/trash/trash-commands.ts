import type { App } from "../../../app.ts";
import { parseShortCode } from "../../../links/short-code.ts";
import type { TrashedLink } from "../../../links/trash/trash.ts";
import { operator } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { type Command, printNote, printResult } from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { withApp } from "../../with-app.ts";
import { ownerOf } from "../links/link-owner.ts";
import { text } from "./text.en.ts";

export const listTrash: Command = {
  synopsis: "trash [--user NAME] [--json]",
  summary: () => text.summary,
  words: [0, 0],
  options: {
    user: { value: "NAME", doc: () => text.user },
    json: { doc: () => text.json },
  },
  run: (invocation) =>
    withApp(invocation, async (app) => {
      const owner = await ownerOf(app, invocation);
      const links = await Array.fromAsync(everyTrashed(app, owner.id));
      if (invocation.has("json")) printResult(JSON.stringify(links.map(jsonOf), null, 2));
      else if (links.length === 0) printNote(text.empty);
      else printResult(tableOf(links));
    }),
};

export const recoverLinks: Command = {
  synopsis: "trash restore CODE... [--code NEW]",
  summary: () => text.recoverSummary,
  words: [1, 1000],
  options: { code: { value: "NEW", doc: () => text.code } },
  run: (invocation) =>
    withApp(invocation, async (app) => {
      const { positionals, option } = invocation;
      await requireTrashed(app, positionals);
      const code = option("code");
      const shortCode = code === undefined ? undefined : parseShortCode(code);
      printNote(text.recovered(await app.links.trash.recover(operator, positionals, shortCode)));
    }),
};

export const purgeLinks: Command = {
  synopsis: "trash purge CODE... [--yes]",
  summary: () => text.purgeSummary,
  words: [1, 1000],
  options: { yes: { doc: () => text.yes } },
  run: (invocation) =>
    withApp(invocation, async (app) => {
      const { positionals: codes, has } = invocation;
      await requireTrashed(app, codes);
      if (canAsk() && !has("yes")) await confirmAtTerminal(text.confirm(codes.length));
      printNote(text.purged(await app.links.trash.purge(operator, codes)));
    }),
};

async function* everyTrashed(app: App, ownerId: number): AsyncGenerator<TrashedLink> {
  let after: number | null = null;
  do {
    const { links, next } = await app.links.trash.list(operator, ownerId, after);
    yield* links;
    after = next;
  } while (after !== null);
}

/** @throws Problem `not_found` that names the first link that is not in the trash */
async function requireTrashed(app: App, codes: readonly string[]): Promise<void> {
  for (const code of codes)
    await app.links.trash.get(operator, code).catch((thrown) => {
      if (!(thrown instanceof Problem) || thrown.code !== "not_found") throw thrown;
      throw new Problem("not_found", text.notInTrash(code));
    });
}

function tableOf(links: readonly TrashedLink[]): string {
  const { code, formerCode, deleted, content } = text.heads;
  const rows = links.map((link) => [
    link.shortCode,
    link.formerCode,
    new Date(link.deletedAt).toISOString(),
    link.content?.name ?? link.target,
  ]);
  const columns = [{ head: code }, { head: formerCode }, { head: deleted }, { head: content }];
  return formatTable(columns, rows, screenWidth());
}

function jsonOf({ shortCode, formerCode, title, deletedAt, kind, target, content }: TrashedLink) {
  return {
    code: shortCode,
    short_code: formerCode,
    kind,
    title,
    target,
    file: content?.name ?? null,
    deleted_at: new Date(deletedAt).toISOString(),
  };
}
