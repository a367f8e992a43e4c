import type { App } from "../../../app.ts";
import type { Link } from "../../../links/link.ts";
import { fileLinkFrom } from "../../../links-file/export-link.ts";
import { writeFileLink } from "../../../links-file/links-file.ts";
import { operator } from "../../../policy.ts";
import { type Invocation, printNote, printPieces, usageProblem } from "../../command.ts";
import { withApp } from "../../with-app.ts";
import { findOwner } from "../links/link-owner.ts";
import { text } from "../text.en.ts";

/** Prints the links of this machine as CSV or links.toml. */
export async function printHere(invocation: Invocation): Promise<void> {
  await withApp(invocation, (app) =>
    invocation.has("csv") ? printCsv(app, invocation) : printLinks(app, invocation),
  );
}

async function printCsv(app: App, { option }: Invocation): Promise<void> {
  const username = option("user");
  const filter = username === undefined ? {} : { ownerId: (await findOwner(app, username)).id };
  await printPieces(app.links.exportCsv(operator, filter));
}

async function printLinks(app: App, { option }: Invocation): Promise<void> {
  const username = option("user");
  if (username === undefined) throw usageProblem(text.exportLinks.userMissing);
  const owner = await findOwner(app, username);
  for await (const links of app.links.readAll(operator, { ownerId: owner.id }))
    for (const link of links) {
      const described = fileLinkFrom(link, owner.username);
      if (described !== null) process.stdout.write(writeFileLink(described));
      else printNote(reasonFor(link)(link.shortCode));
    }
}

function reasonFor({ content }: Pick<Link, "content">): (code: string) => string {
  return content === null ? text.exportLinks.noFile : text.exportLinks.skipped;
}
