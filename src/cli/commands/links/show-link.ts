import type { App } from "../../../app.ts";
import { href } from "../../../http/urls.ts";
import { operator } from "../../../policy.ts";
import { type Command, type Invocation, printResult } from "../../command.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { describeLink } from "./describe-link.ts";
import { namingLink } from "./link-owner.ts";
import { text } from "./text.en.ts";

export const show: Command = {
  synopsis: "show CODE [--json]",
  summary: () => text.show.summary,
  words: [1, 1],
  options: { json: { doc: () => text.show.json } },
  run: (invocation) => withApp(invocation, (app) => showLink(app, invocation)),
};

async function showLink(app: App, { positionals, has }: Invocation): Promise<void> {
  const [code = ""] = positionals;
  const link = await namingLink(code, app.links.get(operator, code));
  const url = siteOrigin(app.live.current) + href("open", link);
  const facts = { url, ...describeLink(link, app.clock()) };
  if (has("json")) return printResult(JSON.stringify(facts, null, 2));
  const { standing: _, shortCode: __, ...shown } = facts;
  const lines = Object.entries(flat(shown));
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) printResult(`${name.padEnd(width)}  ${value}`);
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
