import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as files } from "../../src/files/text.en.ts";
import { operator } from "../../src/policy.ts";
import { formatBytes } from "../../src/text/format.ts";
import { text as formText } from "../../src/web/links/form/text.en.ts";
import { text as statsText } from "../../src/web/stats/text.en.ts";
import { text } from "../../src/web/text.en.ts";
import { share } from "../share.ts";
import { FIREFOX } from "../user-agents.ts";
import { form, ORIGIN, openTestApp, type World } from "../world.ts";
import { elementsOn, readPage } from "./read-page.ts";

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

  const month = (people: number) => `${statsText.people} ${people} ${statsText.machines} 0`;
  const totals = (links: number, live: number, visits: number) =>
    `${text.home.links} ${links} ${text.home.live} ${live} ${text.home.visits} ${visits}`;

  test("shows a user their own links and statistics", async () => {
    const { text: shown, links } = await read("alice");
    expect(shown).toContain(month(2));
    expect(shown).toContain(totals(2, 1, 2));
    expect(links).toContain("/-/links/hers");
    expect(links).not.toContain("/-/links/his");
  });

  test("shows an administrator the links of all users", async () => {
    const { text: shown, links } = await read("admin");
    expect(shown).toContain(month(3));
    expect(shown).toContain(totals(3, 2, 3));
    expect(shown).toContain(`${statsText.links} hers 2 67% his 1 33%`);
    expect(shown).toContain(`${statsText.dimensions.referrer} ${statsText.direct} 3 100%`);
    expect(links).toContain("/-/links/his");
  });

  test("shows the storage quota, and refuses a file beyond it before it is sent", async () => {
    const { alice, bob } = world.people;
    const uploads = async (who: "alice" | "bob", path: string) => {
      const page = await readPage(await world.request(path, { headers: { cookie: cookies[who] } }));
      const [input] = elementsOn(page, 'input[type="file"]');
      return { page, limit: input?.["data-max-bytes"], message: input?.["data-too-large"] };
    };
    await share(world, alice, { code: "stored", name: "a.bin", bytes: "x".repeat(600) });
    await world.app.files.blobs.setQuota(operator, alice.id, 1000);
    for (const path of ["/", "/add?link_type=file"]) {
      const { page, limit, message } = await uploads("alice", path);
      expect(page.text).toContain(formText.source.quota(formatBytes(600), formatBytes(1000)));
      expect([limit, message]).toEqual(["400", files.quotaExceeded(formatBytes(400))]);
    }
    // A file that is replaced makes room.
    expect((await uploads("alice", "/edit_link/stored")).limit).toBe("1000");
    await world.app.files.blobs.setQuota(operator, bob.id, 0);
    expect((await uploads("bob", "/")).limit).toBe(String(100 * 1_048_576));
  });

  test("offers the bookmarklet", async () => {
    const { links } = await read("alice");
    expect(links.filter((link) => link.startsWith("javascript:"))).toHaveLength(1);
  });

  test("says how to start without links", async () => {
    const user = await world.app.accounts.users.create(
      { is: "operator" },
      { username: "carol", password: "a quiet Tuesday" },
    );
    const cookie = await world.signIn(user);
    const page = await readPage(await world.request("/", { headers: { cookie } }));
    expect(page.text).toContain(text.home.firstHint);
    expect(page.text).not.toContain(statsText.machines);
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
