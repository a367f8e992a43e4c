import { once } from "node:events";
import { findServer } from "../../client/find-server.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, usageProblem } from "../../command.ts";
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
    if (findServer(invocation) !== null) throw usageProblem(text.exportLinks.ndjsonOnly);
    const { printHere } = await import("./print-links.ts");
    await printHere(invocation);
  },
};

async function printLines(invocation: Invocation): Promise<void> {
  await withClient(invocation, async (client) => {
    const query = { owner: invocation.option("user") };
    const { body } = await client.open("exportLinks", { query });
    for await (const bytes of body ?? [])
      if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
  });
}
