import type { User } from "../../src/accounts/user.ts";
import type { App } from "../../src/app.ts";
import { encodePng } from "../../src/http/qr/png.ts";
import type { NewLinkInput } from "../../src/links/input/link-schema.ts";
import type { Link } from "../../src/links/link.ts";
import { operator } from "../../src/policy.ts";
import type { Visit } from "../../src/visits/visit.ts";
import { collectionOf } from "../links/files/collection.ts";
import { newLink, receive, type Shared, share } from "../share.ts";
import type { TestClock } from "../world.ts";
import { addRestores } from "./sample-restores.ts";

/** Short codes of the sample links that tests name. */
export const MINE = {
  live: "handbook",
  expired: "early-bird",
  off: "beta",
  locked: "board",
  picture: "map",
  code: "nightly",
  paper: "minutes",
  table: "prices",
  document: "bread",
  collection: "programme",
} as const;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How many days ago each was made, oldest first. */
const links: readonly (NewLinkInput & { readonly daysAgo: number; readonly daily: number })[] = [
  {
    daysAgo: 160,
    daily: 9,
    shortCode: MINE.live,
    title: "Team handbook",
    target: "https://docs.example.org/team/handbook?version=latest",
    tags: ["Team", "onboarding", "\u05e9\u05dc\u05d5\u05dd"],
    note: "Printed on the welcome letter, so keep this code.",
  },
  {
    daysAgo: 121,
    daily: 21,
    shortCode: "menu",
    title: "Canteen: this week's menu",
    target: "https://canteen.example.org/weekly-menu",
  },
  {
    daysAgo: 93,
    daily: 3,
    shortCode: "wifi-guests",
    title: "Guest network, how to join",
    target: "https://it.example.org/articles/guest-network/joining-from-a-phone-or-a-laptop",
  },
  {
    daysAgo: 64,
    daily: 0,
    shortCode: MINE.off,
    title: "Beta of the customer portal",
    target: "https://beta.portal.example.org/",
    disabled: true,
  },
  {
    daysAgo: 45,
    daily: 6,
    shortCode: MINE.expired,
    title: "Early-bird tickets",
    target: "https://tickets.example.org/2026/early-bird",
    expiresAt: "43d",
  },
  {
    daysAgo: 31,
    daily: 14,
    shortCode: "report",
    title: "Annual report 2025",
    target: "https://www.example.org/publications/annual-report-2025.html",
    redirectStatus: 301,
  },
  {
    daysAgo: 12,
    daily: 4,
    shortCode: "survey",
    title: "How was the workshop?",
    target: "https://forms.example.org/s/9fK2mQ81xZ?source=workshop&language=en",
    expiresAt: "30d",
  },
  {
    daysAgo: 5,
    daily: 2,
    shortCode: "xK7pQ2",
    target: "https://maps.example.org/?query=Main+Street+8&zoom=17#entrance-at-the-back",
  },
  {
    daysAgo: 2,
    daily: 0,
    shortCode: MINE.locked,
    title: "Papers for the board",
    target: "https://files.example.org/board/2026",
    password: "open sesame",
    visitLimit: 20,
    aliases: ["board-papers"],
    fallbackUrl: "https://www.example.org/board",
  },
  {
    daysAgo: 1,
    daily: 30,
    shortCode: "spring-fair",
    title: "Spring fair: programme and map",
    target: "https://events.example.org/spring-fair",
    expiresAt: "20d",
  },
];

/** Whatever a document can hold. */
const RECIPE = `# Bread in four steps

Flour, water, salt and **time**. The [notes](https://notes.example.org/bread) tell why.[^1]

## What you need

| What | How much |
| --- | ---: |
| Flour | 500 g |
| Water | 350 g |

- [x] A warm place
- [ ] Patience

> [!TIP]
> Dough that is \`sticky\` today is *bread* tomorrow.

## How it rises

$$m(t) = m_0 \\cdot e^{kt}$$

\`\`\`python
def hours(celsius):
    return 120 / celsius  # a rule of thumb
\`\`\`

## How it is baked

1. Mix, and let it rest.
2. Bake at 230 degrees.

[^1]: Good dough waits for nobody.
`;

const DRAFT = "# Bread\n\nFlour and <b>water</b>. The rest follows.\n";

const files: readonly Shared[] = [
  {
    code: MINE.picture,
    name: "Map of the fair.png",
    title: "Where to find us",
    bytes: await drawMap(),
  },
  {
    code: MINE.code,
    name: "backup.py",
    bytes: "# Once a night\ndef backup(to='nas'):\n    return 0\n",
  },
  {
    code: MINE.table,
    name: "prices.csv",
    title: "Prices of the stall",
    bytes: `Article;Size;Price\n${"Rye bread;1 kg;4.20\n".repeat(40)}"Cake; with plums";8 pieces;18.00\n`,
  },
  { code: MINE.document, kind: "markdown", name: "bread.md", title: "Bread", bytes: DRAFT },
  {
    code: MINE.paper,
    name: "Minutes of the annual general meeting 2026.pdf",
    bytes: `%PDF-1.7\n${"% Any other business\n".repeat(4000)}`,
  },
];

/** Streets, and a pond. */
function drawMap(): Promise<Uint8Array> {
  const places = Array.from({ length: 240 }, (_, place) => place);
  const isStreet = (x: number, y: number) => x % 60 < 8 || (y + x / 3) % 48 < 6;
  const isPond = (x: number, y: number) => Math.hypot(x - 150, y - 90) < 34;
  return encodePng(places.map((y) => places.map((x) => isPond(x, y) || isStreet(x, y))));
}

/** Gives `owner` links of half a year, and a month of visits. The clock ends where it was. */
export async function addSamples(
  { app, clock }: { app: App; clock: Pick<TestClock, "now" | "set"> },
  owner: User,
): Promise<void> {
  const now = clock.now();
  clock.set(now - 170 * DAY);
  for (const file of files) await share({ app }, owner, file);
  await rewrite(app, owner, MINE.document, RECIPE);
  await addCollection(app, owner);
  for (const { daysAgo, daily, ...raw } of links) {
    clock.set(now - daysAgo * DAY - 3 * HOUR);
    const input = newLink(raw, { now: clock.now() });
    const link = await app.links.create(operator, { ownerId: owner.id }, input);
    const last = now - DAY / (2 * daily);
    for (const at of visitTimes(last, Math.min(daysAgo, 30), daily))
      app.visits.record(visit(link, at));
  }
  await throwAway(app, owner, now);
  clock.set(now);
  await app.visits.flush();
  await addRestores(app, owner);
  await addKeys(app, owner);
}

async function addCollection(app: App, owner: User): Promise<void> {
  const texts = {
    "Saturday/Opening.txt": "At ten, by the mayor.",
    "Map of the fair, with the paths through the wood that are open this year.png": await drawMap(),
    "Saturday/Stalls.csv": "stall,who\n1,Bakery\n",
  };
  await collectionOf({ app }, owner, MINE.collection, texts, { title: "Programme of the fair" });
}

/** API keys: one that was used, one that expires, and one that was revoked. */
async function addKeys({ accounts: { keys } }: App, owner: User): Promise<void> {
  const network = "203.0.113.0";
  const scopes = ["links:read", "links:create", "files:create"] as const;
  const { secret } = await keys.create(operator, owner, { name: "ShareX at home", scopes });
  await keys.find(secret, { client: "ShareX/18.0.0", network });
  await keys.create(operator, owner, {
    name: "Release notes",
    scopes: ["files:create"],
    kinds: ["markdown"],
  });
  const { key } = await keys.create(operator, owner, { name: "Old laptop", scopes });
  await keys.revoke(operator, key.id);
}

async function rewrite(app: App, owner: User, code: string, words: string): Promise<void> {
  const { content } = await app.links.get(operator, code);
  await using file = await receive({ app }, owner, content?.name ?? "", words);
  await app.links.edit(operator, code, {}, file);
}

/** Links in the trash, where the site has one. */
async function throwAway(app: App, owner: User, now: number): Promise<void> {
  const thrown = [
    { shortCode: "picnic", title: "Summer picnic", target: "https://events.example.org/picnic" },
    { shortCode: "old-menu", target: "https://canteen.example.org/2025/menu" },
  ];
  for (const raw of thrown) {
    const input = newLink(raw, { now });
    const { shortCode } = await app.links.create(operator, { ownerId: owner.id }, input);
    await app.links.remove(operator, shortCode);
  }
}

/** More by day than by night, fewer at the weekend, never twice the same. */
function visitTimes(now: number, days: number, daily: number): number[] {
  return Array.from({ length: days }, (_, day) => {
    const weekend = [0, 6].includes(new Date(now - day * DAY).getUTCDay());
    const count = Math.round(daily * (weekend ? 0.35 : 1) * (0.6 + ((day * 37) % 10) / 10));
    return Array.from(
      { length: count },
      (_, n) => now - day * DAY - (((n * 53) % 100) / 100) * 10 * HOUR,
    );
  }).flat();
}

function visit({ id }: Link, at: number): Visit {
  const place = Math.round(at / 60_000);
  const country = countries[place % countries.length] ?? "";
  const address = `203.0.113.${(place * 7) % 90}`;
  return {
    linkId: id,
    at: Math.round(at),
    userAgent: agents[place % agents.length] ?? "",
    referrer: referrers[place % referrers.length] ?? "",
    purpose: "",
    language: languages[place % languages.length] ?? "",
    query: place % 11 === 0 ? "utm_source=newsletter&utm_medium=email&utm_campaign=spring" : "",
    sender: { key: `${country} ${address}`, read: () => ({ address, country }) },
  };
}

const countries = ["DE", "DE", "GB", "FR", "DE", "US", "NL", "GB", "PL", "DE", "AT", "", "US"];

const languages = ["de-DE,de;q=0.9", "en-GB,en;q=0.9", "de-DE,de;q=0.9", "fr-FR,fr;q=0.9", "en-US"];

const agents = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
  "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
];

const referrers = [
  "",
  "https://intranet.example.org/",
  "",
  "https://www.example.org/news",
  "https://mail.example.org/",
  "",
  "https://chat.example.org/",
];
