import type { TrashedLinkJson } from "../../client/client-operations.ts";
import { everyItem } from "../../client/every-item.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, printNote, printResult, usageProblem } from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { namingLink } from "../links/naming-link.ts";
import { text } from "./text.en.ts";

export const listTrash: Command = {
  synopsis: "trash [--user NAME] [--json]",
  summary: () => text.summary,
  words: [0, 0],
  isRemote: true,
  options: {
    user: { value: "NAME", doc: () => text.user },
    json: { doc: () => text.json },
  },
  run: (invocation) =>
    withClient(invocation, async (client) => {
      const owner = invocation.option("user");
      const links = await Array.fromAsync(
        everyItem((after) => client.call("listTrash", { query: { owner, after } })),
      );
      if (invocation.has("json")) printResult(JSON.stringify(links.map(jsonOf), null, 2));
      else if (links.length === 0) printNote(text.empty);
      else printResult(tableOf(links));
    }),
};

export const recoverLinks: Command = {
  synopsis: "trash restore CODE... [--code NEW]",
  summary: () => text.recoverSummary,
  words: [1, 1000],
  isRemote: true,
  options: { code: { value: "NEW", doc: () => text.code } },
  run: (invocation) =>
    withClient(invocation, async (client) => {
      const { positionals: codes, option } = invocation;
      const short_code = option("code");
      if (short_code !== undefined && codes.length > 1) throw usageProblem(text.oneCode);
      for (const trashedCode of codes)
        await namingLink(
          trashedCode,
          client.call("restoreLink", { params: { trashedCode }, json: { short_code } }),
          text.notInTrash,
        );
      printNote(text.recovered(codes.length));
    }),
};

export const purgeLinks: Command = {
  synopsis: "trash purge CODE... [--yes]",
  summary: () => text.purgeSummary,
  words: [1, 1000],
  isRemote: true,
  options: { yes: { doc: () => text.yes } },
  run: (invocation) =>
    withClient(invocation, async (client) => {
      const { positionals: codes, has } = invocation;
      if (canAsk() && !has("yes")) await confirmAtTerminal(text.confirm(codes.length));
      for (const trashedCode of codes)
        await namingLink(
          trashedCode,
          client.call("purgeLink", { params: { trashedCode } }),
          text.notInTrash,
        );
      printNote(text.purged(codes.length));
    }),
};

function tableOf(links: readonly TrashedLinkJson[]): string {
  const { code, formerCode, deleted, content } = text.heads;
  const rows = links.map((link) => [
    link.trashed_code,
    link.short_code,
    link.deleted_at,
    link.file_name ?? link.target ?? "",
  ]);
  const columns = [{ head: code }, { head: formerCode }, { head: deleted }, { head: content }];
  return formatTable(columns, rows, screenWidth());
}

function jsonOf(link: TrashedLinkJson) {
  return {
    code: link.trashed_code,
    short_code: link.short_code,
    kind: link.kind,
    title: link.title,
    target: link.target ?? "",
    file: link.file_name,
    deleted_at: link.deleted_at,
  };
}
