import fc from "fast-check";
import type { User } from "../../src/accounts/user.ts";
import type { Preferences } from "../../src/accounts/user-schema.ts";
import type { Theme } from "../../src/config/values/themes.ts";
import type { Target } from "../../src/links/target/target.ts";
import { operator } from "../../src/policy.ts";
import { newFileLink, receive } from "../share.ts";
import { as, PASSWORD, START, type World } from "../world.ts";

/** A generated account. */
export interface Account {
  readonly links: readonly MadeLink[];
  readonly preferences: Preferences;
}

export interface MadeLink {
  readonly code: string;
  readonly kind: "redirect" | "file" | "markdown" | "html";
  readonly target: string;
  readonly title: string;
  readonly note: string;
  readonly tags: readonly string[];
  readonly redirectStatus: 301 | 302 | 307 | 308;
  readonly expiresAt: number | null;
  readonly disabled: boolean;
  readonly inline: boolean;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** For each visit, its time in milliseconds after START and its user agent. */
  readonly openings: readonly { readonly after: number; readonly agent: string }[];
}

const HOUR = 3_600_000;

const agents = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "curl/8.9.1",
];

const line = (maxLength: number) =>
  fc.string({ unit: "grapheme", maxLength }).map((text) => text.replaceAll(/\p{Cc}/gu, "").trim());

const link: fc.Arbitrary<MadeLink> = fc.record({
  code: fc.stringMatching(/^[A-Za-z0-9_-]{4,20}$/).map((code) => `z${code}`),
  kind: fc.constantFrom("redirect", "file", "markdown", "html"),
  target: fc.webUrl({ withQueryParameters: true, withFragments: true }),
  title: line(60),
  note: line(200),
  tags: fc.subarray(["News", "b 2", "\u05e9\u05dc\u05d5\u05dd", "\u{1f680}"]),
  redirectStatus: fc.constantFrom(301, 302, 307, 308),
  expiresAt: fc.option(fc.integer({ min: START - 9 * HOUR, max: START + 1e11 })),
  disabled: fc.boolean(),
  inline: fc.boolean(),
  name: fc.constantFrom("a.txt", "Bericht \u00fcber.pdf", "page.html", "no extension", "x.tar.gz"),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 5000 }),
    fc.constant(Buffer.from("%PDF-1.7 the same")),
  ),
  openings: fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 24 * HOUR }),
      agent: fc.constantFrom(...agents),
    }),
    { maxLength: 6 },
  ),
});

const theme = fc.option(fc.constantFrom<Theme>("darkly", "solar", "yeti"));

export const accounts: fc.Arbitrary<Account> = fc.record({
  links: fc.uniqueArray(link, { maxLength: 8, selector: ({ code }) => code }),
  preferences: fc.record<Required<Preferences>>({
    theme,
    markdownTheme: theme,
    timeZone: fc.option(fc.constantFrom<string>("Europe/Berlin", "UTC")),
  }),
});

/** Creates a user without links. */
export async function newUser({ app }: World): Promise<User> {
  const username = `u${Buffer.from(app.random(8)).toString("hex")}`;
  return await app.accounts.users.create(operator, { username, password: PASSWORD });
}

/** Creates the links and visits of an account for `user`. */
export async function fill(world: World, user: User, account: Account): Promise<void> {
  const { app } = world;
  await app.accounts.users.changePreferences(as(user), user.id, account.preferences);
  for (const made of account.links) {
    const { code, kind, name, bytes, openings, target, ...options } = made;
    const input = {
      ...newFileLink(code),
      ...options,
      kind,
      target: kind === "redirect" ? (target as Target) : ("" as const),
    };
    await using file = kind === "redirect" ? null : await receive(world, user, name, bytes);
    const link = await app.links.create(as(user), { ownerId: user.id }, input, file);
    for (const { after, agent: userAgent } of openings) {
      app.visits.record({
        linkId: link.id,
        at: START + after,
        userAgent,
        referrer: "https://news.example/a",
        purpose: "",
      });
    }
  }
  await app.visits.flush();
}

/** Returns everything visible of an account, without ids and paths. */
export async function lookAt({ app }: World, user: User): Promise<unknown> {
  const { links } = await app.links.list(as(user), { ownerId: user.id, limit: 500, sort: "code" });
  const codes = new Map(links.map(({ id, shortCode }) => [id, shortCode]));
  const { ofLinks } = app.visits;
  const quarters = (await Array.fromAsync(ofLinks.quartersOf([...codes.keys()]))).flat();
  const days = (await Array.fromAsync(ofLinks.daysOf([...codes.keys()]))).flat();
  const fresh = await app.accounts.users.findById(user.id);
  return {
    links: await Promise.all(
      links.map(async ({ id: _, ownerId: __, owner: ___, content, ...link }) => ({
        ...link,
        content: content && {
          name: content.name,
          type: content.type,
          modifiedAt: content.modifiedAt,
          bytes: Buffer.from(await (await app.files.blobs.open(content)).arrayBuffer()).toString(
            "hex",
          ),
        },
      })),
    ),
    visits: [...quarters, ...days]
      .map(({ linkId, ...row }) => JSON.stringify({ ...row, code: codes.get(linkId) }))
      .sort(),
    owners: await app.database.read
      .selectFrom("owner_quarter")
      .select(["quarter", "class", "visits"])
      .where("owner_id", "=", user.id)
      .orderBy("quarter")
      .orderBy("class")
      .execute(),
    preferences: fresh && [fresh.theme, fresh.markdownTheme, fresh.timeZone],
    bytes: (await app.files.blobs.usageOf(user.id)).bytes,
  };
}
