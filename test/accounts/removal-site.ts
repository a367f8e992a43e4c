import type { User } from "../../src/accounts/user.ts";
import type { Link } from "../../src/links/link.ts";
import { operator } from "../../src/policy.ts";
import { share } from "../share.ts";
import { FIREFOX } from "../user-agents.ts";
import { PASSWORD, START, type World } from "../world.ts";

const HOUR_MS = 3_600_000;

let created = 0;

/** Creates a user. */
export function join({ app }: World, input: { role?: "administrator" } = {}): Promise<User> {
  return app.accounts.users.create(operator, {
    username: `member-${created++}x`,
    password: PASSWORD,
    ...input,
  });
}

/** Creates a file link of `owner`. */
export function shareBytes(world: World, owner: User, bytes: string): Promise<Link> {
  return share(world, owner, { code: `share-${created++}`, name: "a.txt", bytes });
}

/** Counts and saves visits of a link. */
export async function visit(world: World, link: Link, times: number): Promise<void> {
  const visit = { linkId: link.id, at: world.clock.now(), referrer: "", purpose: "" };
  for (let time = 0; time < times; time++)
    world.app.visits.record({ ...visit, userAgent: FIREFOX });
  await world.app.visits.flush();
}

/** What the tables hold for a user: links in their own and in the list tables, bytes, and visits by quarter hour. */
export async function holdingsOf(world: World, userId: number) {
  const { database, links, files } = world.app;
  const mine = { ownerId: userId };
  const counted = (table: "link" | "link_search" | "link_rank") =>
    database.read
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .where("owner_id", "=", userId)
      .executeTakeFirstOrThrow();
  const quarters = await database.read
    .selectFrom("owner_quarter")
    .select("visits")
    .where("owner_id", "=", userId)
    .where("quarter", ">=", (START / HOUR_MS - 24) * 4)
    .execute();
  return {
    links: (await counted("link")).count,
    searched: (await counted("link_search")).count,
    ranked: (await counted("link_rank")).count,
    listed: (await links.list(operator, { ...mine, limit: 500 })).links.length,
    bytes: (await files.blobs.usageOf(userId)).bytes,
    visits: quarters.reduce((sum, { visits }) => sum + visits, 0),
  };
}

/** Holdings with the same number of links in every table. */
export function holdings(links: number, bytes: number, visits: number) {
  return { links, searched: links, ranked: links, listed: links, bytes, visits };
}

/** Opens a link; returns the bytes, or else the status. */
export async function opened({ request }: World, { shortCode }: Link): Promise<string | number> {
  const response = await request(`/${shortCode}`, { headers: { "user-agent": FIREFOX } });
  return response.status === 200 ? await response.text() : response.status;
}
