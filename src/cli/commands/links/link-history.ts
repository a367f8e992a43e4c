import { formatCount } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import type { VersionJson } from "../../client/client-operations.ts";
import { withClient } from "../../client/with-client.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printPieces,
  printResult,
  usageProblem,
} from "../../command.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { contentOf } from "./link-json.ts";
import { namingLink } from "./naming-link.ts";
import { text } from "./text.en.ts";

export const history: Command = {
  synopsis: "history CODE [OPTIONS]",
  summary: () => text.history.summary,
  words: [1, 1],
  examples: ["trunk8 history path", "trunk8 history path --restore 2"],
  options: {
    view: { value: "N", doc: () => text.history.view },
    restore: { value: "N", doc: () => text.history.restore },
    json: { doc: () => text.history.json },
  },
  isRemote: true,
  run: (invocation) => withClient(invocation, (client) => run(client, invocation)),
};

async function run(client: Client, { positionals, option, has }: Invocation): Promise<void> {
  const [shortCode = ""] = positionals;
  const [restored, viewed] = [numberOf(option("restore")), numberOf(option("view"))];
  if (restored !== null && viewed !== null) throw usageProblem(text.edit.both("view", "restore"));
  const params = { shortCode };
  const { items } = await namingLink(shortCode, client.call("listVersions", { params }));
  if (restored !== null) {
    await client.call("restoreVersion", { params: { ...params, version: String(restored) } });
    return printNote(text.history.restored(shortCode, restored));
  }
  if (viewed !== null) return await view(client, shortCode, { items, viewed });
  if (has("json")) return printResult(JSON.stringify(items.map(describe), null, 2));
  const { version, since, by, content } = text.history.heads;
  const columns = [version, since, by, content].map((head) => ({ head }));
  printResult(formatTable(columns, items.map(rowOf), screenWidth()));
}

function numberOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw usageProblem(text.history.noNumber);
  return Number(given);
}

interface Viewed {
  readonly items: readonly VersionJson[];
  readonly viewed: number;
}

async function view(client: Client, shortCode: string, { items, viewed }: Viewed): Promise<void> {
  const found = items.find(({ version }) => version === viewed);
  if (found?.target != null) return printResult(found.target);
  const params = { shortCode, version: String(viewed) };
  await printPieces((await client.open("readVersionContent", { params })).body);
}

function rowOf(one: VersionJson): string[] {
  return [
    one.current ? text.history.current(one.version) : formatCount(one.version),
    one.since,
    one.by ?? text.history.unknown,
    contentOf({ target: one.target, file: one.content }),
  ];
}

function describe({ target, content, ...version }: VersionJson) {
  return { ...version, ...(content === null ? { target: target ?? "" } : { content }) };
}
