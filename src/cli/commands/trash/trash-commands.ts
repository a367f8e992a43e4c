import { existsSync } from "node:fs";
import { isStoredCode } from "../../../links/short-code.ts";
import type { TrashedLinkJson } from "../../client/client-operations.ts";
import { everyItem } from "../../client/every-item.ts";
import { withClient } from "../../client/with-client.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { namingLink } from "../links/naming-link.ts";
import { text as commandText } from "../text.en.ts";
import { text } from "./text.en.ts";

const json = { doc: () => text.json } as const;

export const listTrash: Command = {
  synopsis: "trash [--user NAME] [--json]",
  summary: () => text.summary,
  words: [0, 0],
  examples: ["trunk8 trash"],
  isRemote: true,
  options: { user: { value: "NAME", doc: () => text.user }, json },
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

const code = { value: "NEW", doc: () => text.code } as const;

export const recoverLinks: Command = {
  synopsis: "trash restore CODE... [--code NEW]",
  summary: () => text.recoverSummary,
  words: [1, 1000],
  examples: ["trunk8 trash restore path", "trunk8 trash restore path --code other"],
  isRemote: true,
  options: { code, json },
  run: recover,
};

/** Takes back what `rm` did, or restores a backup of this machine. */
export const restore: Command = {
  synopsis: "restore CODE...|FILE [OPTIONS]",
  summary: () => text.restoreSummary,
  words: [1, 1000],
  examples: ["trunk8 restore path", "trunk8 restore admin.zip --user admin"],
  isRemote: true,
  options: {
    code,
    json,
    user: { value: "NAME", doc: () => commandText.restore.user },
    replace: { doc: () => commandText.restore.replace },
  },
  run: async (invocation) => {
    if (!isBackup(invocation)) return await recover(invocation);
    // The site of `trunk8 login` is not asked: an empty data folder is not there yet.
    if (invocation.option("server") !== undefined) throw usageProblem(text.backupIsLocal);
    await (await import("../restore.ts")).restoreBackup(invocation);
  },
};

/** A file that is here, or what can be no short code. */
function isBackup({ positionals, has, option }: Invocation): boolean {
  if (has("replace") || option("user") !== undefined) return true;
  if (option("code") !== undefined) return false;
  const [word = ""] = positionals;
  return positionals.length === 1 && (existsSync(word) || !isStoredCode(word));
}

async function recover(invocation: Invocation): Promise<void> {
  await withClient(invocation, async (client) => {
    const { positionals: codes, option, has } = invocation;
    const short_code = option("code");
    if (short_code !== undefined && codes.length > 1) throw usageProblem(text.oneCode);
    const urls: string[] = [];
    for (const trashedCode of codes) {
      const params = { trashedCode };
      const restoring = client.call("restoreLink", { params, json: { short_code } });
      urls.push((await namingLink(trashedCode, restoring, text.notInTrash)).url);
    }
    if (has("json")) printResult(JSON.stringify({ count: codes.length, urls }));
    else printNote(text.recovered(codes.length));
  });
}

export const purgeLinks: Command = {
  synopsis: "trash purge CODE... [--yes]",
  summary: () => text.purgeSummary,
  words: [1, 1000],
  examples: ["trunk8 trash purge path --yes"],
  isRemote: true,
  options: { yes: { doc: () => text.yes }, json },
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
      if (has("json")) printResult(JSON.stringify({ count: codes.length }));
      else printNote(text.purged(codes.length));
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
