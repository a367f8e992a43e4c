import type { User } from "../../../accounts/user.ts";
import type { App } from "../../../app.ts";
import type { LinkPage, ListedLink } from "../../../links/links.ts";
import { operator } from "../../../policy.ts";

/** Links per query, so that a list of any length needs little memory. */
const PAGE = 500;

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
