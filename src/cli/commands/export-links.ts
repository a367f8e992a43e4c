import type { App } from "../../app.ts";
import { fileLinkFrom } from "../../links-file/export-link.ts";
import { writeFileLink } from "../../links-file/links-file.ts";
import { type Command, type Invocation, printNote, usageProblem } from "../command.ts";
import { withApp } from "../with-app.ts";
import { everyLink, findOwner } from "./link-commands.ts";

export const exportLinks: Command = {
  synopsis: "export --user NAME",
  summary: () =>
    "Print a user's links as a links.toml; files stay where they are, named by their paths.",
  words: [0, 0],
  options: { user: { value: "NAME", doc: () => "whose links" } },
  run: (invocation) => withApp(invocation, (app) => printLinks(app, invocation)),
};

async function printLinks(app: App, { option }: Invocation): Promise<void> {
  const username = option("user");
  if (username === undefined) throw usageProblem("Say whose links: --user NAME");
  const owner = await findOwner(app, username);
  for await (const link of everyLink(app, owner)) {
    const described = fileLinkFrom(link, owner.username);
    if (described !== null) process.stdout.write(writeFileLink(described));
    else printNote(`${link.shortCode} is left out: its file lies among another user's.`);
  }
}
