/** Every page in the test languages: no text is outside of a catalogue, and none breaks the page. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { themeNames } from "../../src/config/values/themes.ts";
import { operator } from "../../src/policy.ts";
import { useLanguage } from "../../src/text/language.ts";
import { browserIsAvailable } from "../browser.ts";
import { everyPage, openRow, userOf } from "./every-page.ts";
import { openSite, overflow, PHONE, type Site, visitsBy } from "./pages.ts";
import { addSamples } from "./sample.ts";

/** Elements with what users typed, and with times, numbers and names, which no catalogue has. */
const VALUES = [
  ".name",
  ".one-line",
  ".link-name a",
  ".tags a",
  "bdi",
  "code",
  "pre",
  "time",
  "textarea",
  ".document",
  'main [lang="en"]',
  ".contents ol",
  ".chart-scale span",
  ".file-table",
  '.chart th[scope="row"]',
  'option[value*="/"]',
].join();

/** Proper names, sizes, media types, headers and the start of a URL. */
const NAMES =
  /^(Trunk8( \S+)?( \u00b7)?|\| Trunk8|SVG|PNG|UTC|[\d,.]+ bytes?|\w+\/[\w.+-]+(; charset=\S+)?|https:\/\/|Chromium|Forwarded|X-[\w-]+)$/;

const themes: ReadonlySet<string> = new Set(themeNames);

const rows = everyPage.map((row) => [row.name, row] as const);

describe.skipIf(!browserIsAvailable)("in a language with other letters", () => {
  let site: Site;
  const visitOf = visitsBy(() => site);
  const values = new Set<string>();

  beforeAll(async () => {
    site = await openSite({ settings: { "app.language": "en-xa" } });
    await addSamples(site.world, site.world.people.alice);
    for (const username of Object.keys(site.world.people)) values.add(username);
    const { links } = await site.world.app.links.list(operator, { limit: 50 });
    for (const { shortCode, title, content } of links)
      for (const value of [shortCode, title, content?.name ?? ""]) values.add(value);
  }, 120_000);

  /** Whether a text is one of the program, not a value. */
  function isText(text: string): boolean {
    const value = text.replace(/ \| Trunk8$/, "");
    return !NAMES.test(text) && !values.has(value) && !themes.has(value.toLowerCase());
  }

  afterAll(async () => {
    await site.close();
    useLanguage("en");
  });

  test.each(rows)("every text is translated: %s", async (_, row) => {
    const { page } = await visitOf(userOf(site.world.people, row));
    await openRow(page, row);
    const texts = await page.evaluate<string[]>(`inPage.untranslated(${JSON.stringify(VALUES)})`);
    expect(texts.filter(isText)).toEqual([]);
  });
});

describe.skipIf(!browserIsAvailable)("in a language from right to left", () => {
  let site: Site;
  const visitOf = visitsBy(() => site, { width: PHONE });

  beforeAll(async () => {
    site = await openSite({ settings: { "app.language": "ar-xb" } });
    await addSamples(site.world, site.world.people.alice);
  }, 120_000);

  afterAll(async () => {
    await site.close();
    useLanguage("en");
  });

  test.each(rows)("the page is not wider than a phone: %s", async (_, row) => {
    const { page } = await visitOf(userOf(site.world.people, row));
    await openRow(page, row);
    expect([row.name, await page.evaluate("document.dir"), await overflow(page)]).toEqual([
      row.name,
      row.isDocument ? "" : "rtl",
      0,
    ]);
  });
});
