import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import type { User } from "../src/accounts/user.ts";
import { type App, openApp } from "../src/app.ts";
import { LiveSettings } from "../src/config/live-settings.ts";
import type { Theme } from "../src/config/values/themes.ts";
import { operator } from "../src/policy.ts";
import { startServer } from "../src/server/http-server.ts";
import { silentLog } from "../src/telemetry/log.ts";
import { type Language, languages } from "../src/text/language.ts";
import { openBrowser } from "../test/browser.ts";
import { everyPage, openRow, type PageRow, userOf } from "../test/journeys/every-page.ts";
import { addSamples } from "../test/journeys/sample.ts";

/*
 * Screenshots of every page: `npm run screenshots -- [WORD...] [--language LANGUAGE]` draws the pages whose name contains
 * one of the words into screenshots/, and in English also those that the README and the guide show into docs/images/.
 */
const { positionals: words, values: options } = parseArgs({
  allowPositionals: true,
  options: { language: { type: "string", default: "en" } },
});
const language = readLanguage(options.language);
const suffix = language === "en" ? "" : `-${language}`;

interface Look {
  readonly name: string;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}

const looks: readonly Look[] = [
  { name: "light", theme: "cerulean", width: 1280, height: 800 },
  { name: "dark", theme: "darkly", width: 1280, height: 800 },
  { name: "phone", theme: "cerulean", width: 360, height: 740 },
];

const PASSWORD = "a quiet Tuesday";
const DEVICE = "Chrome on Linux";

/** Address of the site in the screenshots; the browser reaches it through a proxy, which is the site itself. */
const ORIGIN = "http://x.example";

const ROOT = join(import.meta.dir, "..");
const FOLDER = join(ROOT, "screenshots");

/** Files of the screenshots that the README and the guide show, by page and look. */
const inDocs: Readonly<Record<string, string>> = {
  "links-light": "links.png",
  "a-link-light": "link.png",
  "add-light": "add.png",
  "home-light": "home.png",
  "a-document-light": "document.png",
  "a-picture-light": "file.png",
  "statistics-of-the-site-light": "statistics.png",
  "links-phone": "phone.png",
};

function readLanguage(name: string): Language {
  const language = languages.find((known) => known === name);
  if (language === undefined) throw new Error(`The languages are ${languages.join(", ")}.`);
  return language;
}

/** A site with sample links, in one theme. */
interface Stage {
  /** Where the site listens. */
  readonly proxy: string;
  readonly app: App;
  readonly people: Record<"alice" | "bob" | "admin", User>;
  close(): Promise<void>;
}

async function openStage(theme: Theme): Promise<Stage> {
  const dataFolder = await mkdtemp(join(tmpdir(), "trunk8-screenshots-"));
  const clock = makeClock(Date.UTC(2026, 2, 17, 12));
  const settings = {
    "admin.password": PASSWORD,
    "app.language": language,
    "app.theme": theme,
    "app.timezone": "UTC",
  };
  const live = LiveSettings.fixed(settings, dataFolder);
  const app = await openApp({ live, log: silentLog(), clock: clock.now });
  const server = startServer(app, { hostname: "127.0.0.1", port: 0 });
  const people = await addPeople(app);
  await addSamples({ app, clock }, people.alice);
  return {
    proxy: `http://127.0.0.1:${server.port}`,
    app,
    people,
    close: async () => {
      await server.stop();
      await rm(dataFolder, { recursive: true });
    },
  };
}

function makeClock(start: number) {
  let time = start;
  return {
    now: () => time,
    set: (ms: number) => {
      time = ms;
    },
  };
}

async function addPeople({ accounts: { users } }: App): Promise<Stage["people"]> {
  const add = (username: string, displayName: string) =>
    users.create(operator, { username, displayName, password: PASSWORD });
  const admin = await users.findByUsername("admin");
  if (admin === null) throw new Error("A new site has an administrator.");
  return { admin, alice: await add("alice", "Alice Marlow"), bob: await add("bob", "Bob Quinn") };
}

/** Draws `rows` in one look, with a browser profile for each user. */
async function drawAll(browser: Browser, rows: readonly PageRow[], look: Look): Promise<void> {
  const stage = await openStage(look.theme);
  const pages = new Map<string, Page>();
  for (const row of rows) {
    const name = row.user === null ? "" : (row.user ?? "alice");
    const page =
      pages.get(name) ?? (await openPage(browser, stage, userOf(stage.people, row), look));
    pages.set(name, page);
    await openRow(page, row);
    await take(page, `${row.name.replaceAll(/\W+/g, "-")}-${look.name}${suffix}`);
  }
  for (const page of pages.values()) await page.context().close();
  await stage.close();
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
  const shown = inDocs[name];
  if (shown !== undefined) await page.screenshot({ path: join(ROOT, "docs", "images", shown) });
}

async function openPage(browser: Browser, stage: Stage, user: User | undefined, look: Look) {
  const { width, height } = look;
  const context = await browser.newContext({
    baseURL: ORIGIN,
    proxy: { server: stage.proxy },
    viewport: { width, height },
    reducedMotion: "reduce",
  });
  if (user !== undefined) {
    const { token } = await stage.app.accounts.sessions.start(user, {
      remember: true,
      device: DEVICE,
    });
    await context.addCookies([{ name: "sessionid", value: token, url: ORIGIN }]);
  }
  return await context.newPage();
}

const rows = everyPage.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
await mkdir(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const look of looks) await drawAll(browser, rows, look);
await browser.close();
process.stdout.write(`${rows.length * looks.length} screenshots are in ${FOLDER}.\n`);
