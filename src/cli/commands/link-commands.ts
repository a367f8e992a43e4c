import { ADMIN_USERNAME, type User } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { maxFileBytes } from "../../config/values/sizes.ts";
import type { ReceivedFile } from "../../files/blobs.ts";
import { cleanFileName, requireAllowedName } from "../../files/file-name.ts";
import { href } from "../../http/urls.ts";
import { type Content, kinds, type Link, standingOf } from "../../links/link.ts";
import {
  inputContext,
  kindWithFile,
  parseNewLink,
  type RawFields,
} from "../../links/link-input.ts";
import type { LinkPage, ListedLink } from "../../links/links.ts";
import { operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { formatBytes } from "../../text/format.ts";
import { type Command, type Invocation, printNote, printResult } from "../command.ts";
import { findGivenFile, type GivenFile } from "../given-file.ts";
import { siteOrigin } from "../site-origin.ts";
import { withApp } from "../with-app.ts";

/** Links asked for at a time, so that a list of any length takes little memory. */
const PAGE = 500;

export const add: Command = {
  synopsis: "add URL|FILE [OPTIONS]",
  summary: () =>
    "Make a link to an address or of a file (-: standard input), and print its own address.",
  words: [1, 1],
  options: {
    code: { value: "CODE", doc: () => "the short code (default: an automatic one)" },
    kind: {
      value: "KIND",
      doc: () => `${kinds.join(", ")} (default: redirect or file, as the word is)`,
    },
    name: { value: "NAME", doc: () => "what the file is called (default: as it is here)" },
    inline: { doc: () => "let browsers show the file where its type is harmless" },
    expires: { value: "WHEN", doc: () => "2h, 7d, or a date and time" },
    title: { value: "TEXT", doc: () => "a title for lists" },
    user: { value: "NAME", doc: () => "whose link it is (default: admin)" },
    json: { doc: () => "print {shortCode, url} as JSON" },
  },
  run: addLink,
};

async function addLink(invocation: Invocation): Promise<void> {
  const given = await findGivenFile(invocation);
  await withApp(invocation, (app) => makeLink(app, invocation, given));
}

async function makeLink(app: App, invocation: Invocation, given: GivenFile | null): Promise<void> {
  const owner = await findOwner(app, invocation.option("user") ?? ADMIN_USERNAME);
  const origin = siteOrigin(app.live.current);
  const came = new Set(given === null ? [] : [given.field]);
  const input = parseNewLink(fieldsOf(invocation), inputContext(app, [origin]), came);
  await using file = given && (await receiveFile(app, owner, given));
  const kind = file === null ? input.kind : kindWithFile(input.kind, file.name);
  const made = { ...input, kind };
  const { shortCode } = await app.links.create(operator, { ownerId: owner.id }, made, file);
  if (kind !== input.kind) printNote("An HTML file is no document: this became a web page.");
  const url = origin + href("open", { shortCode });
  printResult(invocation.has("json") ? JSON.stringify({ shortCode, url }) : url);
}

/** By the rules that hold for everybody's files. */
async function receiveFile(
  { blobs, live: { current: settings } }: App,
  owner: User,
  { name, bytes, field }: GivenFile,
): Promise<ReceivedFile> {
  requireAllowedName(cleanFileName(name), settings["files.allowed_extensions"], field);
  return await blobs.receive(owner, { name, bytes }, maxFileBytes(settings));
}

function fieldsOf({ positionals, option, has }: Invocation): RawFields {
  return withoutUndefined({
    url: positionals[0],
    short_code: option("code"),
    link_type: option("kind"),
    expires_in: option("expires"),
    title: option("title"),
    inline: has("inline") ? "on" : undefined,
  });
}

export const ls: Command = {
  synopsis: "ls [OPTIONS]",
  summary: () => "List links, newest first.",
  words: [0, 0],
  options: {
    user: { value: "NAME", doc: () => "only this user's" },
    json: { doc: () => "print an array with everything known of each" },
  },
  run: (invocation) => withApp(invocation, (app) => listLinks(app, invocation)),
};

async function listLinks(app: App, invocation: Invocation): Promise<void> {
  const name = invocation.option("user");
  const owner = name === undefined ? undefined : await findOwner(app, name);
  const print = invocation.has("json") ? printJson : printTable;
  await print(everyLink(app, owner), app.clock());
}

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
    const { shortCode, owner, visits } = link;
    const columns = [
      shortCode.padEnd(16),
      standingOf(link, now).padEnd(8),
      owner.padEnd(12),
      String(visits).padStart(8),
    ];
    printResult(`${columns.join("  ")}  ${describeContent(link)}`);
    count++;
  }
  if (count === 0) printNote("No links yet. Make one: trunk8 add URL|FILE");
}

/** Where a redirect leads, or what a file is. */
function describeContent({ target, content }: Link): string {
  return content === null ? target : `${content.name} (${formatBytes(content.size)})`;
}

/** Times as ISO 8601, as scripts like them; nothing of ours inside. */
function describeLink({ id: _, ownerId: __, content, ...link }: ListedLink, now: number) {
  return {
    ...link,
    content: content && describeBytes(content),
    standing: standingOf(link, now),
    expiresAt: iso(link.expiresAt),
    createdAt: iso(link.createdAt),
    updatedAt: iso(link.updatedAt),
    lastVisitAt: iso(link.lastVisitAt),
  };
}

function describeBytes({ name, type, size, sha256, modifiedAt }: Content) {
  return { name, type, size, sha256, modifiedAt: iso(modifiedAt) };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export const rm: Command = {
  synopsis: "rm CODE...",
  summary: () => "Delete links.",
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

/** @throws Problem `not_found` */
export async function findOwner(app: App, username: string): Promise<User> {
  const user = await app.users.findByUsername(username);
  if (user === null) throw new Problem("not_found", `There is no user "${username}".`);
  return user;
}

function withoutUndefined(given: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
