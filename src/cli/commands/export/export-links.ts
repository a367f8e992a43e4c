import { writeQuery } from "../../../http/fill-pattern.ts";
import { linkUrls } from "../../../http/urls/link-urls.ts";
import { findServer } from "../../client/find-server.ts";
import { RemoteClient } from "../../client/remote-client.ts";
import type { Server } from "../../client/server.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printPieces, usageProblem } from "../../command.ts";
import { text } from "../text.en.ts";

export const exportLinks: Command = {
  synopsis: "export [--csv|--ndjson] [--user NAME]",
  summary: () => text.exportLinks.summary,
  words: [0, 0],
  examples: ["trunk8 export --csv >links.csv", "trunk8 export --user admin >links.toml"],
  isRemote: true,
  options: {
    csv: { doc: () => text.exportLinks.csv },
    ndjson: { doc: () => text.exportLinks.ndjson },
    user: { value: "NAME", doc: () => text.exportLinks.user },
  },
  run: async (invocation) => {
    if (invocation.has("ndjson")) return await printLines(invocation);
    const server = findServer(invocation);
    if (server !== null) return await printCsv(server, invocation);
    const { printHere } = await import("./print-links.ts");
    await printHere(invocation);
  },
};

async function printLines(invocation: Invocation): Promise<void> {
  await withClient(invocation, async (client) => {
    const query = { owner: invocation.option("user") };
    await printPieces((await client.open("exportLinks", { query })).body);
  });
}

async function printCsv(server: Server, { has, option }: Invocation): Promise<void> {
  if (!has("csv")) throw usageProblem(text.exportLinks.hereOnly);
  const client = new RemoteClient(server);
  const path = linkUrls.linksCsv.pattern + writeQuery({ owner: option("user") });
  await printPieces((await client.request("GET", path)).body);
}
