/** Whatever is typed into the site is refused with a reason, or stands in its pages as it was typed. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseDisplayName } from "../../src/accounts/user.ts";
import { browserIsAvailable } from "../browser.ts";
import { abridge, type NaughtyText, naughtyTexts } from "../naughty.ts";
import { readPage } from "../web/read-page.ts";
import { form } from "../world.ts";
import { differences, type Outline, outlinesOf } from "./outline.ts";
import { openSite, overflow, PHONE, type Site, type Visit } from "./pages.ts";

const CODE = "naughty";

/** Words that stand in no page by themselves. */
const harmless = { title: "word1title", note: "word2note", url: targetOf("word3target") };
const HARMLESS_NAME = "word4name";
const HARMLESS_SEARCH = "word5search";

/** The page has advice for those who search for less than three letters: now it always has. */
const SHORT_WORD = "zq";

/** Another one each time a form is shown, and each time the link was changed. */
const FORM_ID = /(?<=name="(?:form_id|revision)" value=")\w+/g;

/** The pages that show a link, and its owner's name. */
const pagesOfLink = [
  `/-/links/${CODE}`,
  `/edit_link/${CODE}`,
  `/delete_link/${CODE}`,
  "/links",
  "/",
  "/profile",
];

describe.skipIf(!browserIsAvailable)("what is typed stays text:", () => {
  let site: Site;
  let visit: Visit;
  let cookie: string;
  let strangersCookie: string;
  let harmlessPages: readonly Outline[];

  beforeAll(async () => {
    site = await openSite();
    const { alice, bob } = site.world.people;
    cookie = await site.world.signIn(alice);
    strangersCookie = await site.world.signIn(bob);
    visit = await site.visit({ user: alice, width: PHONE });
    await visit.page.goto("/profile");
    await site.world.request("/add", form({ short_code: CODE, ...harmless }, cookie));
    // Edited once, since pages tell whether a link was.
    site.world.clock.advance(1000);
    await save({ ...harmless, note: "" });
    await save(harmless);
    await rename(HARMLESS_NAME);
    harmlessPages = await readPages(HARMLESS_SEARCH);
    const words = [...Object.values(harmless), HARMLESS_NAME, HARMLESS_SEARCH];
    const shown = harmlessPages.flat();
    expect(words.filter((word) => !shown.some((entry) => entry.includes(word)))).toEqual([]);
  }, 120_000);

  afterAll(() => site.close());

  test.each(Object.entries(naughtyTexts))(
    "%s",
    async (_, texts) => {
      const found: string[] = [];
      for (const each of texts) {
        found.push(...(await tryOut(each)).map((fault) => `${abridge(each.text)}: ${fault}`));
      }
      found.push(...(await showTogether(texts)));
      expect([...visit.faults, ...found]).toEqual([]);
    },
    60_000,
  );

  /** Writes a text wherever it is taken, and compares every page with that of harmless words. */
  async function tryOut({ text, refused }: NaughtyText): Promise<string[]> {
    const all = { title: text, note: text, url: targetOf(text) };
    expect({ text, refused: await save(all) }).toEqual({ text, refused });
    const fields = { ...all, ...keep(harmless, refused) };
    expect({ text, refused: await save(fields) }).toEqual({ text, refused: {} });
    const displayName = isDisplayName(text) ? text : HARMLESS_NAME;
    await rename(displayName);
    const texts = {
      [harmless.title]: fields.title,
      [harmless.note]: fields.note.replaceAll("\r\n", "\n"),
      [harmless.url]: fields.url,
      // As lists show it.
      [withoutScheme(harmless.url)]: withoutScheme(fields.url),
      [HARMLESS_NAME]: displayName,
      [HARMLESS_SEARCH]: asParsed(text),
    };
    const pages = await readPages(text);
    return pages.flatMap((page, at) => differences(page, harmlessPages[at] ?? [], texts));
  }

  /** Edits the link; gives what was refused, by field. */
  async function save(fields: Readonly<Record<string, string>>) {
    const answer = await site.world.request(`/edit_link/${CODE}`, form(fields, cookie));
    if (answer.status === 303) return {};
    expect(answer.status).toBe(422);
    return (await readPage(answer)).problems;
  }

  async function rename(displayName: string): Promise<void> {
    const { database } = site.world.app;
    await database.write(async (trx) => {
      await trx
        .updateTable("user")
        .set({ display_name: displayName })
        .where("id", "=", site.world.people.alice.id)
        .execute();
    });
  }

  /** The record names codes and fields and no texts, and what it lists depends on what was refused. */
  async function forgetEvents(): Promise<void> {
    await site.world.app.database.write(async (trx) => {
      await trx.deleteFrom("audit_event").execute();
    });
  }

  /** All pages that show the texts; the last is a search that finds nothing. */
  async function readPages(search: string): Promise<Outline[]> {
    await forgetEvents();
    const found = `/links?${new URLSearchParams({ q: `${search} ${SHORT_WORD}` })}`;
    const sources = [
      ...pagesOfLink.map((path) => read(path, cookie)),
      read(found, strangersCookie),
    ];
    return outlinesOf(visit.page, await Promise.all(sources));
  }

  async function read(path: string, as: string): Promise<string> {
    const answer = await site.world.request(path, { headers: { cookie: as } });
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return (await answer.text()).replaceAll(FORM_ID, "");
  }

  /** Opens pages that hold all of `texts`, for scripts to run if any can, on a phone. */
  async function showTogether(texts: readonly NaughtyText[]): Promise<string[]> {
    const shown = texts.filter(({ refused }) => refused.note === undefined);
    const note = shown.map(({ text }) => text).join(" ");
    const title = texts.findLast(({ refused }) => refused.title === undefined)?.text;
    await save({ ...harmless, ...(title && { title }), note: note.slice(0, 10_000) });
    const found: string[] = [];
    for (const path of [`/-/links/${CODE}`, `/edit_link/${CODE}`, "/links"]) {
      await visit.page.goto(path);
      const beyond = await overflow(visit.page);
      if (beyond > 0) found.push(`${path} is ${beyond} pixels wider than a phone`);
    }
    return found;
  }
});

/** A destination with the text inside: invisible characters at its end are removed. */
function targetOf(text: string): string {
  return `https://naughty.example/?q=${text}&end`;
}

function withoutScheme(url: string): string {
  return url.replace("https://", "");
}

/** As every HTML parser reads a value. */
function asParsed(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", "\uFFFD");
}

function keep<Fields extends object>(fields: Fields, names: object): Partial<Fields> {
  const kept = Object.entries(fields).filter(([name]) => name in names);
  return Object.fromEntries(kept) as Partial<Fields>;
}

function isDisplayName(text: string): boolean {
  try {
    return parseDisplayName(text) === text;
  } catch {
    return false;
  }
}
