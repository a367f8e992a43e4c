import type { Client } from "../../client/client.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printResult } from "../../command.ts";
import { paint } from "../../screen.ts";
import { jsonOf, styleOfStatus } from "./link-json.ts";
import { namingLink } from "./naming-link.ts";
import { text } from "./text.en.ts";

export const show: Command = {
  synopsis: "show CODE [--json]",
  summary: () => text.show.summary,
  words: [1, 1],
  examples: ["trunk8 show path", "trunk8 show path --json"],
  isRemote: true,
  options: { json: { doc: () => text.show.json } },
  run: (invocation) => withClient(invocation, (client) => showLink(client, invocation)),
};

async function showLink(client: Client, { positionals, has }: Invocation): Promise<void> {
  const [shortCode = ""] = positionals;
  const link = await namingLink(shortCode, client.call("readLink", { params: { shortCode } }));
  const facts = { url: link.url, ...jsonOf(link) };
  if (has("json")) return printResult(JSON.stringify(facts, null, 2));
  const { standing: _, shortCode: __, ...shown } = facts;
  const lines = Object.entries(flat(shown));
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) {
    const blanks = " ".repeat(width - name.length);
    const style = name === "status" ? styleOfStatus(value) : undefined;
    printResult(`${paint(name, "bold")}${blanks}  ${paint(value, style)}`);
  }
}

/** Facts that are set, by the names that `--json` has; those of the content with a dot. */
function flat(facts: object, before = ""): Record<string, string> {
  const entries = Object.entries(facts).flatMap(([name, value]: [string, unknown]) => {
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return [];
    if (Array.isArray(value)) return [[before + name, value.join(", ")]];
    if (typeof value === "object") return Object.entries(flat(value as object, `${name}.`));
    return [[before + name, String(value)]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
