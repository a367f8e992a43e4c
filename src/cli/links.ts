import { ADMIN_USERNAME, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { href } from "../http/urls.ts";
import { inputContext, parseNewLink } from "../links/input.ts";
import { standingOf } from "../links/link.ts";
import type { LinkPage, ListedLink } from "../links/links.ts";
import { operator } from "../policy.ts";
import { Problem } from "../problem.ts";
import { type Command, type Invocation, printNote, printResult } from "./command.ts";
import { withApp } from "./opening.ts";
import { siteOrigin } from "./origin.ts";

/** Links asked for at a time, so that a list of any length takes little memory. */
const PAGE = 500;

export const add: Command = {
  synopsis: "add URL [OPTIONS]",
  summary: "Make a link and print its address.",
  words: [1, 1],
  options: {
    code: { value: "CODE", doc: "the short code (default: an automatic one)" },
    kind: { value: "KIND", doc: "redirect (the default)" },
    expires: { value: "WHEN", doc: "2h, 7d, or a date and time" },
    title: { value: "TEXT", doc: "a title for lists" },
    user: { value: "NAME", doc: "whose link it is (default: admin)" },
    json: { doc: "print {shortCode, url} as JSON" },
  },
  run: (invocation) => withApp(invocation, (app) => addLink(app, invocation)),
};

async function addLink(app: App, invocation: Invocation): Promise<void> {
  const owner = await findOwner(app, invocation.option("user") ?? ADMIN_USERNAME);
  const origin = siteOrigin(app.live.current);
  const given = {
    url: invocation.positionals[0],
    short_code: invocation.option("code"),
    link_type: invocation.option("kind"),
    expires_in: invocation.option("expires"),
    title: invocation.option("title"),
  };
  const input = parseNewLink(withoutUndefined(given), inputContext(app, [origin]));
  const { shortCode } = await app.links.create(operator, { ownerId: owner.id }, input);
  const url = origin + href("open", { shortCode });
  printResult(invocation.has("json") ? JSON.stringify({ shortCode, url }) : url);
}

export const ls: Command = {
  synopsis: "ls [OPTIONS]",
  summary: "List links, newest first.",
  words: [0, 0],
  options: {
    user: { value: "NAME", doc: "only this user's" },
    json: { doc: "print an array with everything known of each" },
  },
  run: (invocation) => withApp(invocation, (app) => listLinks(app, invocation)),
};

async function listLinks(app: App, invocation: Invocation): Promise<void> {
  const name = invocation.option("user");
  const owner = name === undefined ? undefined : await findOwner(app, name);
  const print = invocation.has("json") ? printJson : printTable;
  await print(everyLink(app, owner), app.clock());
}

async function* everyLink(app: App, owner: User | undefined): AsyncGenerator<ListedLink> {
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

async function printJson(links: AsyncIterable<ListedLink>, now: number): Promise<void> {
  let before = "[";
  for await (const link of links) {
    process.stdout.write(`${before}\n  ${JSON.stringify(describeLink(link, now))}`);
    before = ",";
  }
  printResult(before === "[" ? "[]" : "\n]");
}

async function printTable(links: AsyncIterable<ListedLink>, now: number): Promise<void> {
  let count = 0;
  for await (const link of links) {
    const { shortCode, owner, visits, target } = link;
    const columns = [
      shortCode.padEnd(16),
      standingOf(link, now).padEnd(8),
      owner.padEnd(12),
      String(visits).padStart(8),
    ];
    printResult(`${columns.join("  ")}  ${target}`);
    count++;
  }
  if (count === 0) printNote("No links yet. Make one: trunk8 add URL");
}

/** Times as ISO 8601, as scripts like them. */
function describeLink({ id: _, ownerId: __, ...link }: ListedLink, now: number) {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    ...link,
    standing: standingOf(link, now),
    expiresAt: iso(link.expiresAt),
    createdAt: iso(link.createdAt),
    updatedAt: iso(link.updatedAt),
    lastVisitAt: iso(link.lastVisitAt),
  };
}

export const rm: Command = {
  synopsis: "rm CODE...",
  summary: "Delete links.",
  words: [1, 10_000],
  options: {},
  run: (invocation) => withApp(invocation, (app) => removeLinks(app, invocation.positionals)),
};

async function removeLinks(app: App, shortCodes: readonly string[]): Promise<void> {
  for (const shortCode of shortCodes) {
    await app.links.remove(operator, shortCode).catch((thrown) => {
      if (!(thrown instanceof Problem) || thrown.code !== "not_found") throw thrown;
      throw new Problem("not_found", `There is no link "${shortCode}".`);
    });
    printNote(`Deleted ${shortCode}.`);
  }
}

async function findOwner(app: App, username: string): Promise<User> {
  const user = await app.users.findByUsername(username);
  if (user === null) throw new Problem("not_found", `There is no user "${username}".`);
  return user;
}

function withoutUndefined(given: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
