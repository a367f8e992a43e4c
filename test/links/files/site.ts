/** HTML pages of several files for tests. */
import type { User } from "../../../src/accounts/user.ts";
import { INDEX } from "../../../src/links/files/site-paths.ts";
import { inputContext, parseNewLink } from "../../../src/links/input/link-schema.ts";
import type { Link } from "../../../src/links/link.ts";
import { operator } from "../../../src/policy.ts";
import { receive } from "../../share.ts";
import type { World } from "../../world.ts";
import { newFiles } from "./collection.ts";

type Texts = Readonly<Record<string, string | Uint8Array>>;

/** Creates a site with files by their paths, among them index.html. */
export async function siteOf(
  { app }: Pick<World, "app">,
  owner: User,
  shortCode: string,
  { [INDEX]: page = "<!doctype html><title>Start</title>", ...texts }: Texts,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Link> {
  await using received = await newFiles({ app }, owner, texts);
  await using index = await receive({ app }, owner, INDEX, page);
  const given = { shortCode, kind: "html" as const, ...options };
  const input = parseNewLink(given, inputContext(app, []), { hasContent: true });
  const creation = { ownerId: owner.id, files: received.files };
  return await app.links.create(operator, creation, input, index);
}
