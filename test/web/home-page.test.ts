import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as linkText } from "../../src/web/links/text.en.ts";
import { text } from "../../src/web/text.en.ts";
import { form, ORIGIN, openTestApp, type World } from "../world.ts";
import { readPage } from "./read-page.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

describe("home", () => {
  let world: World;
  const cookies = { alice: "", bob: "", admin: "" };

  beforeAll(async () => {
    world = await openTestApp();
    for (const who of ["alice", "bob", "admin"] as const)
      cookies[who] = await world.signIn(world.people[who]);
    await add("alice", "hers");
    await add("alice", "off", { disabled: "on" });
    await add("bob", "his");
    for (const code of ["hers", "hers", "his"])
      await world.request(`/${code}`, { headers: { "user-agent": FIREFOX } });
    await world.app.visits.flush();
  });
  afterAll(() => world.close());

  const add = (who: "alice" | "bob", short_code: string, fields: Record<string, string> = {}) =>
    world.request("/add", form({ url: "https://x.example/", short_code, ...fields }, cookies[who]));
  const read = async (who: keyof typeof cookies) =>
    readPage(await world.request("/", { headers: { cookie: cookies[who] } }));

  const figures = (people: number, allTime: number, links: number, live: number) => {
    const { visits } = linkText;
    const counts = `${visits.people} ${people} ${visits.bots} 0 ${visits.allTime} ${allTime}`;
    return `${counts} ${text.home.links} ${links} ${text.home.live} ${live}`;
  };

  test("shows a user their own links and statistics", async () => {
    const { text: shown, links } = await read("alice");
    expect(shown).toContain(figures(2, 2, 2, 1));
    expect(links).toContain("/-/links/hers");
    expect(links).not.toContain("/-/links/his");
  });

  test("shows an administrator the links of all users", async () => {
    const { text: shown, links } = await read("admin");
    expect(shown).toContain(figures(3, 3, 3, 2));
    expect(links).toContain("/-/links/his");
  });

  test("offers the bookmarklet", async () => {
    const { links } = await read("alice");
    expect(links.filter((link) => link.startsWith("javascript:"))).toHaveLength(1);
  });

  test("says how to start without links", async () => {
    const user = await world.app.users.create(
      { is: "operator" },
      { username: "carol", password: "a quiet Tuesday" },
    );
    const cookie = await world.signIn(user);
    const page = await readPage(await world.request("/", { headers: { cookie } }));
    expect(page.text).toContain(text.home.firstHint);
    expect(page.text).not.toContain(linkText.visits.people);
  });

  test("adds a link without scripts, and goes to its page", async () => {
    const { values } = await read("bob");
    const fields = { form_id: values.form_id ?? "", url: "https://x.example/new" };
    const answers = [
      await world.request("/add", form(fields, cookies.bob)),
      await world.request("/add", form(fields, cookies.bob)),
    ];
    const [first, second] = answers.map(({ headers }) => headers.get("location"));
    expect(first).toMatch(/^\/-\/links\/\w{7}$/);
    expect(second).toBe(first as string);
  });
});

describe("visitors are redirected", () => {
  test.each([
    ["login", "/auth/login"],
    ["https://www.x.example/about?a=1", "https://www.x.example/about?a=1"],
    [`${ORIGIN}/`, "/auth/login"],
  ])("by app.home = %s to %s", async (wanted, location) => {
    const world = await openTestApp({ settings: { "app.home": wanted } });
    const response = await world.request("/");
    expect([response.status, response.headers.get("location")]).toEqual([303, location]);
    await world.close();
  });
});
