import type { User } from "../../../accounts/user.ts";
import type { App } from "../../../app.ts";
import { statusOf } from "../../../links/link.ts";
import type { LinkPage, ListedLink } from "../../../links/links.ts";
import { operator } from "../../../policy.ts";
import { formatCount } from "../../../text/format.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { type Column, formatRows, type Row } from "../../format-table.ts";
import { isOnScreen, screenWidth } from "../../screen.ts";
import { withApp } from "../../with-app.ts";
import { text } from "../text.en.ts";

import { describeContent, describeLink } from "./describe-link.ts";
import { findOwner } from "./link-owner.ts";

/** Links per query, so that a list of any length needs little memory. */
const PAGE = 500;

export const ls: Command = {
  synopsis: "ls [OPTIONS]",
  summary: () => text.links.ls.summary,
  words: [0, 0],
  options: {
    user: { value: "NAME", doc: () => text.links.ls.user },
    json: { doc: () => text.links.ls.json },
  },
  run: (invocation) => withApp(invocation, (app) => listLinks(app, invocation)),
};

async function listLinks(app: App, invocation: Invocation): Promise<void> {
  const name = invocation.option("user");
  const owner = name === undefined ? undefined : await findOwner(app, name);
  const printPlain = isOnScreen() ? printTable : printLines;
  const print = invocation.has("json") ? printJson : printPlain;
  await print(everyLink(app, owner), app.clock());
}

/** All links, or all of one owner, newest first; a few at a time. */
export async function* everyLink(app: App, owner: User | undefined): AsyncGenerator<ListedLink> {
  const filter = { limit: PAGE, ...(owner && { ownerId: owner.id }) };
  let cursor: string | null = null;
  do {
    const page: LinkPage = await app.links.list(operator, {
      ...filter,
      ...(cursor !== null && { cursor }),
    });
    yield* page.links;
    cursor = page.next;
  } while (cursor !== null);
}

async function printJson(links: AsyncIterable<ListedLink>, now: number): Promise<void> {
  let before = "[";
  for await (const link of links) {
    process.stdout.write(`${before}\n  ${JSON.stringify(describeLink(link, now))}`);
    before = ",";
  }
  printResult(before === "[" ? "[]" : "\n]");
}

/** For scripts: their columns do not change. */
async function printLines(links: AsyncIterable<ListedLink>, now: number): Promise<void> {
  let count = 0;
  for await (const link of links) {
    const { shortCode, owner, visits } = link;
    const columns = [
      shortCode.padEnd(16),
      statusOf(link, now).padEnd(8),
      owner.padEnd(12),
      String(visits).padStart(8),
    ];
    printResult(`${columns.join("  ")}  ${describeContent(link)}`);
    count++;
  }
  if (count === 0) printNote(text.links.ls.empty);
}

/** For people. */
async function printTable(links: AsyncIterable<ListedLink>, now: number): Promise<void> {
  const { code, status, owner, visits, content } = text.links.ls.heads;
  const columns: Column[] = [
    { head: code },
    { head: status },
    { head: owner },
    { head: visits, align: "right" },
    { head: content },
  ];
  const options = { width: screenWidth(), sampleSize: PAGE };
  let count = 0;
  for await (const line of formatRows(columns, rowsOf(links, now), options)) {
    printResult(line);
    count++;
  }
  if (count === 0) printNote(text.links.ls.empty);
}

async function* rowsOf(links: AsyncIterable<ListedLink>, now: number): AsyncGenerator<Row> {
  for await (const link of links) {
    const { shortCode, owner, visits } = link;
    yield [shortCode, statusOf(link, now), owner, formatCount(visits), describeContent(link)];
  }
}
