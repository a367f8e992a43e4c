import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { form, openTestApp, type World } from "../world.ts";
import { readPage } from "./readpage.ts";

let world: World;
let alice: string;
let admin: string;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.timezone": "Asia/Tokyo" } });
  alice = await world.signIn(world.people.alice);
  admin = await world.signIn(world.people.admin);
});
afterAll(() => world.close());

const get = (path: string, cookie = alice) => world.request(path, { headers: { cookie } });

async function addLink(shortCode: string, fields: Record<string, string> = {}) {
  const given = { short_code: shortCode, url: "https://example.com/", ...fields };
  expect((await world.request("/add", form(given, alice))).status).toBe(303);
}

describe("the list", () => {
  test("says what to do when there is nothing", async () => {
    const { text } = await readPage(await get("/links", await world.signIn(world.people.bob)));
    expect(text).toContain("There are no links yet. Add one");
  });

  test("goes on to older links after 50", async () => {
    for (let n = 0; n < 51; n++) await addLink(`many-${n}`);
    const first = await readPage(await get("/links"));
    expect(first.links.filter((link) => link.startsWith("/edit_link/"))).toHaveLength(50);
    const older = first.links.find((link) => link.startsWith("/links?after="));
    const second = await readPage(await get(older ?? ""));
    expect(second.links).toContain("/many-0");
    expect(second.links).not.toContain("/many-1");
  });

  test("shows an administrator everybody's links, and whose they are", async () => {
    await addLink("hers");
    const { text } = await readPage(await get("/links", admin));
    expect(text).toContain("Owner");
    expect(text).toContain(" hers https://example.com/ alice live ");
    expect((await readPage(await get("/links"))).text).not.toContain("Owner");
  });

  test("shows times in the reader's zone", async () => {
    const { html } = await readPage(await get("/links"));
    expect(html).toContain(
      '<time datetime="2026-03-17T12:00:00.000Z" title="Tuesday 17 March 2026 at 21:00:00 GMT+9">17 Mar 2026, 21:00</time>',
    );
  });
});

describe("whatever a person types is shown as typed", () => {
  const texts: [what: string, text: string][] = [
    ["markup", "<script>alert(1)</script><img src=x onerror=alert(1)>"],
    ["an attribute's end", '" onmouseover="alert(1)" \' x=\''],
    ["an entity", "&lt;b&gt; &amp;amp; &#x27;"],
    ["the end of a comment and of a title", "--></title></textarea></style>"],
    ["a turn to the left", "abc\u202Efed\u2066\u05D0\u0627"],
    ["emoji and stacked marks", `\u{1F469}\u200D\u{1F680}Z${"\u0335".repeat(50)}`],
    ["a template", "{{7*7}}<%= 7*7 %>"],
  ];

  test.each(texts)("%s", async (_, text) => {
    const shortCode = `n${Bun.hash(text)}`.slice(0, 20);
    await addLink(shortCode, { title: text, note: text, url: `https://example.com/?q=${text}` });
    const list = await readPage(await get("/links"));
    expect(list.text).toContain(` ${text} `);
    expect(list.links).toContain(`https://example.com/?q=${text}`);
    const { values } = await readPage(await get(`/edit_link/${shortCode}`));
    expect(values).toMatchObject({
      title: text,
      note: text,
      url: `https://example.com/?q=${text}`,
    });
    expect(list.html).not.toMatch(/<script|<img|<b>/);
  });

  test("10,000 characters in a refused field", async () => {
    const title = "<W>".repeat(3334);
    const page = await readPage(await world.request("/add", form({ url: "x", title }, alice)));
    expect(page.values.title).toBe(title);
  });
});
