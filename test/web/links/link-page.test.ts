import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { form, ORIGIN, openTestApp, START, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)";
const DAY = 86_400_000;

let world: World;
let alice: string;
let admin: string;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.timezone": "UTC" } });
  alice = await world.signIn(world.people.alice);
  admin = await world.signIn(world.people.admin);
});
afterAll(() => world.close());

const get = (path: string, cookie = alice) => world.request(path, { headers: { cookie } });
const textOf = async (path: string, cookie = alice) =>
  (await readPage(await get(path, cookie))).text;

async function add(short_code: string, fields: Record<string, string> = {}) {
  const whole = { url: "https://example.com/a?b=1&c", short_code, ...fields };
  expect((await world.request("/add", form(whole, alice))).status).toBe(303);
}

async function open(code: string, agent: string, referer = "") {
  const headers = { "user-agent": agent, ...(referer && { referer }) };
  expect((await world.request(`/${code}`, { headers })).status).toBe(302);
}

describe("a link's page", () => {
  test("tells all about it", async () => {
    await add("whole", { title: "A title", note: "one\ntwo", redirect_status: "308" });
    const page = await readPage(await get("/-/links/whole"));
    for (const words of ["A title", "one two", "Live", "(308)", "17 Mar 2026, 12:00"]) {
      expect(page.text).toContain(words);
    }
    expect(page.html).toContain(`data-copy="${ORIGIN}/whole"`);
    for (const link of [
      `${ORIGIN}/whole`,
      "https://example.com/a?b=1&c",
      "/edit_link/whole",
      "/delete_link/whole",
      "/-/qr/whole.svg?download=1",
      "/-/qr/whole.png?size=1024&download=1",
      "/-/links/whole?period=all",
    ]) {
      expect(page.links).toContain(link);
    }
  });

  test("says whose it is to an administrator alone", async () => {
    await add("whose");
    expect(await textOf("/-/links/whose", admin)).toContain(" Owner alice ");
    expect(await textOf("/-/links/whose")).not.toContain(" Owner ");
  });

  test("says how it stands", async () => {
    await add("brief", { expires_in: "1h" });
    expect(await textOf("/-/links/brief")).toContain("Live until 17 Mar 2026, 13:00");
    world.clock.advance(2 * 3_600_000);
    expect(await textOf("/-/links/brief")).toContain("Expired since 17 Mar 2026, 13:00");
    world.clock.set(START);
    await add("off", { disabled: "on" });
    expect(await textOf("/-/links/off")).toContain("Switched off: it answers nobody");
  });

  test("says when it was changed, once it was", async () => {
    await add("changed");
    expect(await textOf("/-/links/changed")).not.toContain("Changed");
    world.clock.advance(DAY);
    await world.request("/edit_link/changed", form({ title: "New" }, alice));
    expect(await textOf("/-/links/changed")).toContain("Changed 18 Mar 2026, 12:00");
    world.clock.set(START);
  });

  test("counts people and machines apart, by day", async () => {
    await add("counted");
    for (let count = 0; count < 3; count++) await open("counted", FIREFOX, "https://news.example/");
    await open("counted", BOT);
    await world.app.visits.flush();
    const text = await textOf("/-/links/counted");
    expect(text).toContain("By people 3 By bots and previews 1 Since the beginning 4");
    expect(text).toContain("3 visits from 16 Feb to 17 Mar. Most: 3 (17 Mar).");
    expect(text).toContain("17 Mar: 3 visits");
    expect(text).toContain("Came from news.example 3");
    expect(text).toContain("Browsers Firefox 3");
    expect(text).toContain("Systems Linux 3");
    const all = await textOf("/-/links/counted?period=all");
    expect(all).toContain("Visits of all time");
    expect(all).toContain("3 visits from 17 Mar to 17 Mar.");
  });

  test("has a chart also without visits", async () => {
    await add("quiet");
    expect(await textOf("/-/links/quiet")).toContain("0 visits from 16 Feb to 17 Mar.");
  });

  test("shows what was typed literally", async () => {
    const title = '<img src=x onerror=alert(1)> "\u202e\u{1f600}';
    const note = "</div><script>alert(1)</script>\u2028".padEnd(10_000, "&amp;");
    await add("naughty", { title, note, url: "https://x.example/<svg onload=alert(1)>" });
    const page = await readPage(await get("/-/links/naughty"));
    expect(page.text).toContain(title);
    expect(page.text).toContain("</div><script>alert(1)</script>");
    expect(page.html).not.toMatch(/<img src=x|<script>|<svg onload/);
  });

  test.each([
    "/-/links/none",
    "/-/links/a%20b",
    "/-/links/%F0%9F%98%80",
    `/-/links/${"x".repeat(51)}`,
  ])("%s is not there", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test("is its owner's and the administrators' alone", async () => {
    await add("mine");
    const bob = await world.signIn(world.people.bob);
    expect((await get("/-/links/mine", admin)).status).toBe(200);
    expect((await get("/-/links/mine", bob)).status).toBe(404);
    const stranger = await world.request("/-/links/mine");
    expect(stranger.headers.get("location")).toBe("/auth/login?next=%2F-%2Flinks%2Fmine");
  });
});
