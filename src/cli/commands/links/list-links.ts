import { formatAlternatives, formatCount } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import type { LinkJson, Queries } from "../../client/client-operations.ts";
import { everyItem } from "../../client/every-item.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { type Column, formatRows, type Row } from "../../format-table.ts";
import { isOnScreen, screenWidth } from "../../screen.ts";
import { text } from "../text.en.ts";
import { contentOf, jsonOf, styleOfStatus } from "./link-json.ts";

/** Links per request, so that a list of any length needs little memory. */
const PAGE = 100;

/** Links that decide how wide columns are. */
const SAMPLE = 500;

export const ls: Command = {
  synopsis: "ls [OPTIONS]",
  summary: () => text.links.ls.summary,
  words: [0, 0],
  isRemote: true,
  examples: ["trunk8 ls --tag team --sort visits", "trunk8 ls --server https://x.example --json"],
  options: {
    search: { value: "TEXT", doc: () => text.links.ls.search },
    kind: { value: "KIND", doc: () => text.links.ls.kind },
    status: { value: "STATUS", doc: () => text.links.ls.status },
    tag: { value: "NAMES", doc: () => text.links.ls.tag },
    tags: {
      value: "HOW",
      doc: () => text.links.ls.tags(formatAlternatives(["all", "any", "none"])),
    },
    sort: { value: "BY", doc: () => text.links.ls.sort },
    direction: { value: "ORDER", doc: () => text.links.ls.direction },
    user: { value: "NAME", doc: () => text.links.ls.user },
    json: { doc: () => text.links.ls.json },
  },
  run: (invocation) => withClient(invocation, (client) => listLinks(client, invocation)),
};

async function listLinks(client: Client, invocation: Invocation): Promise<void> {
  const query = queryOf(invocation);
  const links = everyItem((after) =>
    client.call("listLinks", { query: { ...query, limit: PAGE, after } }),
  );
  const printPlain = isOnScreen() ? printTable : printLines;
  await (invocation.has("json") ? printJson : printPlain)(links);
}

/** The operation checks the values. */
function queryOf({ option }: Invocation): Queries["listLinks"] {
  const given = {
    q: option("search"),
    kind: option("kind"),
    status: option("status"),
    tag: option("tag"),
    tags: option("tags"),
    sort: option("sort"),
    direction: option("direction"),
    owner: option("user"),
  };
  return given as Queries["listLinks"];
}

async function printJson(links: AsyncIterable<LinkJson>): Promise<void> {
  let before = "[";
  for await (const link of links) {
    process.stdout.write(`${before}\n  ${JSON.stringify(jsonOf(link))}`);
    before = ",";
  }
  printResult(before === "[" ? "[]" : "\n]");
}

/** For scripts: their columns do not change. */
async function printLines(links: AsyncIterable<LinkJson>): Promise<void> {
  let count = 0;
  for await (const link of links) {
    const columns = [
      link.short_code.padEnd(16),
      link.status.padEnd(8),
      link.owner.padEnd(12),
      String(link.visits).padStart(8),
    ];
    printResult(`${columns.join("  ")}  ${contentOf(link)}`);
    count++;
  }
  if (count === 0) printNote(text.links.ls.empty);
}

/** For people. */
async function printTable(links: AsyncIterable<LinkJson>): Promise<void> {
  const { code, status, owner, visits, content } = text.links.ls.heads;
  const columns: Column[] = [
    { head: code },
    { head: status, style: styleOfStatus },
    { head: owner, isOptional: true },
    { head: visits, align: "right" },
    { head: content },
  ];
  const options = { width: screenWidth(), sampleSize: SAMPLE };
  let count = 0;
  for await (const line of formatRows(columns, rowsOf(links), options)) {
    printResult(line);
    count++;
  }
  if (count === 0) printNote(text.links.ls.empty);
}

async function* rowsOf(links: AsyncIterable<LinkJson>): AsyncGenerator<Row> {
  for await (const link of links)
    yield [link.short_code, link.status, link.owner, formatCount(link.visits), contentOf(link)];
}
