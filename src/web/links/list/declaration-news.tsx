/** @jsxImportSource hono/jsx */
import type { Call } from "../../../http/call.ts";
import type { OwnersNews } from "../../../links/bulk/declared-links.ts";
import { declaringFile } from "../../../links/link-rows.ts";
import { formatCount, plural } from "../../../text/format.ts";
import { ownOnly } from "../../signed-in.ts";

/** What is to be told of one's own links.toml; an administrator is told of everybody's. */
export async function readNews(call: Call): Promise<readonly OwnersNews[]> {
  const { ownerId } = ownOnly(call);
  return await call.app.declarations.news(ownerId);
}

/** Why links are not what their links.toml says. */
export function DeclarationNews({ news }: { news: readonly OwnersNews[] }) {
  return (
    <>
      {news.map((each) => (
        <div class="callout border-warning" role="alert">
          <NewsText news={each} />
        </div>
      ))}
    </>
  );
}

function NewsText({ news: { owner, fault, waiting } }: { news: OwnersNews }) {
  const file = declaringFile(owner);
  if (fault !== "")
    return (
      <>
        <span class="name">{file}</span> is broken, so the links that it declares stay as they were.{" "}
        {fault}
      </>
    );
  return (
    <>
      <span class="name">{file}</span> would remove{" "}
      {plural(waiting, { one: "1 link", other: `${formatCount(waiting)} links` })}, so nothing of it
      is done yet. If that is right, run <code>trunk8 apply --user {owner} --prune</code> on the
      server.
    </>
  );
}
