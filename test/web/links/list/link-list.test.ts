import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../../../src/accounts/user.ts";
import type { LinkChanges } from "../../../../src/links/input/link-schema.ts";
import { formatRelative } from "../../../../src/text/format.ts";
import { text } from "../../../../src/web/links/list/text.en.ts";
import { text as linkText } from "../../../../src/web/links/text.en.ts";
import { assetHref } from "../../../../src/web/static/asset.ts";
import { text as shared } from "../../../../src/web/ui/text.en.ts";
import { newLink } from "../../../share.ts";
import { as, databases, form, openTestApp, START, type World } from "../../../world.ts";
import { elementsOn, type ReadPage, readPage } from "../../read-page.ts";

const HOUR = 3_600_000;

async function addLink(world: World, user: User, code: string, changes: LinkChanges = {}) {
  const link = newLink({ shortCode: code, target: "https://example.com/" });
  await world.app.links.create(as(user), { ownerId: user.id }, { ...link, ...changes });
}

/** Short codes of a list, in order. */
function codesOn(page: Pick<ReadPage, "html">): string[] {
  return elementsOn(page, '[name="codes"]').map(({ value = "" }) => value);
}

/** Address of the link with this id; "" if there is none. */
function addressBehind(page: ReadPage, id: string): string {
  return elementsOn(page, `#${id}`)[0]?.href ?? "";
}

/** The id of the column link by which the list is sorted, in this direction. */
function sortedBy(page: ReadPage, direction: "ascending" | "descending") {
  return elementsOn(page, `th[aria-sort="${direction}"] > a`)[0]?.id;
}

for (const kind of databases) {
  describe(`the list on ${kind}`, () => {
    let world: World;
    let admin: string;
    let alice: string;
    let bob: string;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const { people } = world;
      admin = await world.signIn(people.admin);
      alice = await world.signIn(people.alice);
      bob = await world.signIn(people.bob);
      for (let n = 1; n <= 120; n++) {
        world.clock.advance(1000);
        await addLink(world, people.alice, `many-${String(n).padStart(3, "0")}`);
      }
      await addLink(world, people.bob, "apple", { title: "A green fruit" });
      world.clock.advance(1000);
      await addLink(world, people.bob, "Pear", { expiresAt: world.clock.now() + HOUR });
      world.clock.advance(1000);
      await addLink(world, people.bob, "cherry", { disabled: true });
      world.clock.advance(2 * HOUR);
    });
    afterAll(() => world.close());

    const look = async (path: string, cookie = bob) => {
      const response = await world.request(path, { headers: { cookie } });
      expect(response.status).toBe(200);
      return await readPage(response);
    };

    test("pages forwards and back, and shows the range", async () => {
      const first = await look("/links", alice);
      expect(first.text).toContain(text.found.ofAll("1-50", 120));
      expect(codesOn(first)).toHaveLength(50);
      const second = await look(addressBehind(first, "page-next"), alice);
      expect(second.text).toContain(text.found.ofAll("51-100", 120));
      const third = await look(addressBehind(second, "page-next"), alice);
      expect(third.text).toContain(text.found.ofAll("101-120", 120));
      expect(codesOn(third).at(-1)).toBe("many-001");
      expect(addressBehind(third, "page-next")).toBe("");
      const back = await look(addressBehind(third, "page-prev"), alice);
      expect(codesOn(back)).toEqual(codesOn(second));
      expect(addressBehind(back, "page-prev")).toBe("/links");
    });

    test("keeps search, filters and order from page to page", async () => {
      const first = await look("/links?q=many&status=live&sort=code&direction=desc", alice);
      expect(codesOn(first)[0]).toBe("many-120");
      const address = addressBehind(first, "page-next");
      expect(address).toStartWith("/links?q=many&status=live&sort=code&direction=desc&after=");
      expect(codesOn(await look(address, alice))[0]).toBe("many-070");
    });

    test.each<[query: string, codes: string[]]>([
      ["", ["cherry", "Pear", "apple"]],
      ["direction=asc", ["apple", "Pear", "cherry"]],
      ["q=fruit", ["apple"]],
      ["q=FRUIT", ["apple"]],
      ["q=example.com", ["cherry", "Pear", "apple"]],
      ["q=pe", ["Pear"]],
      ["q=gr", ["apple"]],
      ["status=expired", ["Pear"]],
      ["status=disabled", ["cherry"]],
      ["standing=disabled", ["cherry"]],
      ["status=live", ["apple"]],
      ["kind=redirect&q=che", ["cherry"]],
      ["standing=expired", ["Pear"]],
      ["status=live&standing=expired", ["apple"]],
    ])("lists what ?%s asks for", async (query, codes) => {
      expect(codesOn(await look(`/links?${query}`))).toEqual(codes);
    });

    test("sorts by a column's heading, and then in reverse", async () => {
      const page = await look("/links");
      expect(sortedBy(page, "descending")).toBe("by-created");
      expect(addressBehind(page, "by-created")).toBe("/links?direction=asc");
      expect(addressBehind(page, "by-visits")).toBe("/links?sort=visits");
      const sorted = await look(addressBehind(page, "by-expiry"));
      expect(sortedBy(sorted, "ascending")).toBe("by-expiry");
      expect(codesOn(sorted)[0]).toBe("Pear");
      expect(addressBehind(sorted, "by-expiry")).toBe("/links?sort=expiry&direction=desc");
    });

    test("shows administrators all links, and filters by owner", async () => {
      const page = await look("/links", admin);
      expect(page.text).toContain(text.found.ofAll("1-50", 123));
      expect(page.text).toContain(` cherry example.com/ bob ${linkText.statuses.disabled} `);
      expect(codesOn(await look("/links?owner=bob", admin))).toEqual(["cherry", "Pear", "apple"]);
      expect(codesOn(await look("/links?owner=nobody", admin))).toEqual([]);
      expect(codesOn(await look("/links?owner=%00", admin))).toEqual([]);
    });

    test("hides owners from other users", async () => {
      const page = await look("/links?owner=alice");
      expect(codesOn(page)).toEqual(["cherry", "Pear", "apple"]);
      expect(page.text).not.toContain(shared.labels.owner);
    });

    test("counts all links by kind below the list, also of a search", async () => {
      const { redirect } = linkText.kindCounts;
      expect((await look("/links?q=apple")).text).toContain(text.inTotal(redirect(3)));
      const page = await look("/links", admin);
      expect(page.text).toContain(text.inTotal(redirect(123)));
      expect(page.links).toContain("/links?kind=redirect");
    });

    test("offers broader searches when nothing is found", async () => {
      const { text: shown, links } = await look("/links?q=nothing-like-it&status=live");
      expect(shown.split(text.none.found)).toHaveLength(2);
      expect(links).toContain("/links?status=live");
      expect(links).toContain("/links?q=nothing-like-it");
      expect(links.filter((link) => link === "/links").length).toBeGreaterThan(1);
    });

    test("marks the words of a search, and shows the line of a note that has one", async () => {
      const note = "First line\nCaf\u00e9 <b>au lait</b>";
      await addLink(world, world.people.bob, "noted-link", { title: "Of cafes", note });
      const page = await look("/links?q=cafe");
      expect(codesOn(page)).toEqual(["noted-link"]);
      expect(page.html.match(/<mark>[^<]*<\/mark>/g)).toEqual([
        "<mark>cafe</mark>",
        "<mark>Caf\u00e9</mark>",
      ]);
      expect(page.html).toContain("&lt;b&gt;");
      expect(page.text).not.toContain("First line");
      await world.app.links.remove(as(world.people.bob), "noted-link");
    });

    test("finds a link by its pasted short URL", async () => {
      const pasted = encodeURIComponent("http://trunk8.test/apple");
      expect(codesOn(await look(`/links?q=${pasted}`))).toEqual(["apple"]);
    });

    test("labels the cells of a card as the table's head does, but no name, status or buttons", async () => {
      const rules = await (await world.request(assetHref("site.css"))).text();
      for (const page of [await look("/links"), await look("/links", admin)]) {
        const [, head = "", row = ""] = page.html.split("<tr>");
        expect(row.split("<td").length).toBe(head.split("<th").length);
      }
      const { owner, visits, created } = shared.labels;
      const { lastVisit, expires } = text.columns;
      const labels = { 2: expires, 3: created, 4: lastVisit, 5: visits, 7: owner };
      for (const [column, label] of Object.entries(labels))
        expect(rules).toContain(
          `.links td:nth-last-child(${column}):not(.link-name)::before{content:"${label}"}`,
        );
    });

    test("selects all links of a page, or none", async () => {
      const all = await look(addressBehind(await look("/links"), "select-all"));
      expect(elementsOn(all, "[name=codes][checked]")).toHaveLength(3);
      expect(addressBehind(all, "select-all")).toBe("/links");
    });

    test.each([
      ["an unknown sort", "sort=price"],
      ["an unknown direction", "direction=sideways"],
      ["an unknown kind", "kind=cake"],
      ["an unknown status", "status=tall"],
      ["an unknown status by its old name", "standing=tall"],
      ["everything at once, and twice", "sort=&sort=x&kind=__proto__&status=constructor&page=-1"],
      ["a garbled cursor", "after=%00%FF!"],
      ["a long cursor", `after=${"9".repeat(5000)}`],
      ["a cursor of another order", "sort=visits&after=12"],
      ["an odd page", "after=&page=1e9"],
    ])("ignores %s", async (_, query) => {
      const page = await look(`/links?${query}`);
      expect(codesOn(page).toSorted()).toEqual(["Pear", "apple", "cherry"]);
      expect(page.text).toContain(` ${text.found.all(3)} `);
    });

    test.each([
      ["10,000 characters", "x".repeat(10_000)],
      ["a wildcard", "%"],
      ["wildcards", "a_p%"],
      ["a quote", "' OR 1=1 --"],
      ["a search expression", '"app" OR NEAR(*'],
      ["a zero", "app\0zz"],
      ["half a character", "\ud83d"],
    ])("searches for %s literally", async (_, search) => {
      const page = await look(`/links?${new URLSearchParams({ q: search })}`);
      expect(codesOn(page)).toEqual([]);
      expect(page.values.q).toBe(search.toWellFormed());
    });

    test("shows the nearest page for a bookmark of a page that is gone", async () => {
      const { links } = world.app;
      const { users } = world.app.accounts;
      const carol = await users.create(
        { is: "operator" },
        { username: "carol", password: "a b c d e" },
      );
      for (let n = 1; n <= 101; n++) await addLink(world, carol, `carol-${n}`);
      const cookie = await world.request(
        "/auth/login",
        form({ username: "carol", password: "a b c d e" }),
      );
      const carols = cookie.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const second = addressBehind(await look("/links", carols), "page-next");
      const third = addressBehind(await look(second, carols), "page-next");
      for (let n = 1; n <= 60; n++) await links.remove(as(carol), `carol-${n}`);
      const page = await look(third, carols);
      expect(codesOn(page)).toHaveLength(41);
      expect(page.text).toContain(` ${text.found.all(41)} `);
    });
  });
}

describe("how a list is shown", () => {
  let world: World;
  let alice: string;

  beforeAll(async () => {
    world = await openTestApp({ settings: { "app.timezone": "Asia/Tokyo" } });
    alice = await world.signIn(world.people.alice);
  });
  afterAll(() => world.close());

  const ask = (path: string, headers: Record<string, string> = {}) =>
    world.request(path, { headers: { cookie: alice, ...headers } });
  const look = async (path: string) => await readPage(await ask(path));

  test("an empty list says how to start, and offers no search", async () => {
    const { text: shown, values } = await look("/links");
    expect(shown).toContain(`${text.none.yet} ${text.none.firstHint}`);
    expect(values).not.toHaveProperty("q");
  });

  test("times are relative, with the exact time in the user's zone", async () => {
    await addLink(world, world.people.alice, "timed", { expiresAt: START + 50 * HOUR });
    const page = await look("/links");
    expect(elementsOn(page, "time")).toContainEqual({ datetime: "2026-03-17T12:00Z" });
    expect(elementsOn(page, "table")[0]).toMatchObject({ "data-zone": "Asia/Tokyo" });
    expect(page.text).toContain(` ${shared.time.now} `);
    expect(page.text).toContain(` ${formatRelative(2, "day")} `);
  });

  test("typing leaves empty fields out of the address; going back adds no entry", async () => {
    const path = "/links?q=tim&kind=&status=&sort=created&direction=";
    const typed = await ask(path, { "hx-request": "true", "hx-source": "form#find" });
    expect(typed.headers.get("hx-push-url")).toBe("/links?q=tim");
    const back = await ask(path, { "hx-request": "true", "hx-source": "body" });
    expect(back.headers.has("hx-push-url")).toBe(false);
  });

  const texts: [what: string, text: string][] = [
    ["markup", "<script>alert(1)</script><img src=x onerror=alert(1)>"],
    ["an attribute's end", '" onmouseover="alert(1)" \' x=\''],
    ["an entity", "&lt;b&gt; &amp;amp; &#x27;"],
    ["the end of a comment and of a title", "--></title></textarea></style>"],
    ["a turn to the left", "abc\u202Efed\u2066\u05D0\u0627"],
    ["emoji and stacked marks", `\u{1F469}\u200D\u{1F680}Z${"\u0335".repeat(50)}`],
    ["a template", "{{7*7}}<%= 7*7 %>"],
  ];

  test.each(texts)("%s is shown as typed", async (_, typed) => {
    const shortCode = `n${Bun.hash(typed)}`.slice(0, 20);
    const url = `https://example.com/?q=${typed}`;
    const fields = { short_code: shortCode, title: typed, note: typed, url };
    expect((await world.request("/add", form(fields, alice))).status).toBe(303);
    const searched = await look(`/links?${new URLSearchParams({ q: typed })}`);
    expect(searched.values.q).toBe(typed);
    const list = await look(`/links?q=${shortCode}`);
    expect(list.text).toContain(` ${typed} `);
    expect(list.links).toContain(url);
    const { values } = await look(`/edit_link/${shortCode}`);
    expect(values).toMatchObject({ title: typed, note: typed, url });
    expect(list.html).not.toMatch(/<script>|<img|<b>/);
  });

  test("10,000 characters in a refused field come back", async () => {
    const title = "<W>".repeat(3334);
    const page = await readPage(await world.request("/add", form({ url: "x", title }, alice)));
    expect(page.values.title).toBe(title);
  });
});
