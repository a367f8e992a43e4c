import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../../src/web/links/text.en.ts";
import { text as stats } from "../../../src/web/stats/text.en.ts";
import { text as shared } from "../../../src/web/ui/text.en.ts";
import { FIREFOX } from "../../user-agents.ts";
import { form, ORIGIN, openTestApp, START, type World } from "../../world.ts";
import { elementsOn, readPage } from "../read-page.ts";

const { chart } = shared;

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
  test("says how its file opens, and where opening it in the browser has no effect", async () => {
    const { opening } = text;
    const add = async (name: string, bytes: string, inline: string) => {
      const body = new FormData();
      body.append("file", new File([bytes], name));
      body.append("short_code", name.replace(".", "_"));
      body.append("inline", inline);
      const response = await world.request("/add", {
        method: "POST",
        body,
        headers: { cookie: alice },
      });
      expect(response.status).toBe(303);
      return await textOf(`/-/links/${name.replace(".", "_")}`);
    };
    expect(await add("open.txt", "a", "on")).toContain(opening.inline);
    expect(await add("save.txt", "a", "off")).toContain(opening.download);
    expect(await add("drawn.svg", "<svg/>", "on")).toContain(opening.notShowable("image/svg+xml"));
  });

  test("shows all properties", async () => {
    await add("whole", { title: "A title", note: "one\ntwo", redirect_status: "308" });
    const page = await readPage(await get("/-/links/whole"));
    const { statuses, redirectTypes } = text;
    for (const fact of [
      "A title",
      "one two",
      statuses.live,
      redirectTypes[308],
      "17 Mar 2026, 12:00",
    ]) {
      expect(page.text).toContain(fact);
    }
    expect(elementsOn(page, "[data-copy]")[0]?.["data-copy"]).toBe(`${ORIGIN}/whole`);
    for (const link of [
      `${ORIGIN}/whole`,
      "https://example.com/a?b=1&c",
      "/edit_link/whole",
      "/delete_link/whole",
      "/-/qr/whole.svg?download=1",
      "/-/qr/whole.png?size=1024&download=1",
      "/-/stats/links/whole",
    ]) {
      expect(page.links).toContain(link);
    }
  });

  test("shows the owner to administrators only", async () => {
    await add("whose");
    expect(await textOf("/-/links/whose", admin)).toContain(`${shared.labels.owner} alice`);
    expect(await textOf("/-/links/whose")).not.toContain(shared.labels.owner);
  });

  test("shows the status", async () => {
    await add("brief", { expires_in: "1h" });
    expect(await textOf("/-/links/brief")).toContain(
      `${text.status.liveUntil.replace("{time}", "")}17 Mar 2026, 13:00`,
    );
    world.clock.advance(2 * 3_600_000);
    expect(await textOf("/-/links/brief")).toContain(
      `${text.status.expired.replace("{time}", "")}17 Mar 2026, 13:00`,
    );
    world.clock.set(START);
    await add("off", { disabled: "on" });
    expect(await textOf("/-/links/off")).toContain(` ${text.statuses.disabled} `);
  });

  test("shows when it was updated, once it was", async () => {
    await add("changed");
    expect(await textOf("/-/links/changed")).not.toContain(text.facts.updated);
    world.clock.advance(DAY / 2);
    await world.request("/edit_link/changed", form({ title: "New" }, alice));
    expect(await textOf("/-/links/changed")).toContain(`${text.facts.updated} 18 Mar 2026, 00:00`);
    world.clock.set(START);
  });

  test("counts people and bots apart, by day", async () => {
    await add("counted");
    for (let count = 0; count < 3; count++) await open("counted", FIREFOX, "https://news.example/");
    await open("counted", BOT);
    await world.app.visits.flush();
    const month = await textOf("/-/links/counted");
    expect(month).toContain(
      `${stats.people} 3 ${stats.change.from(0)} ${stats.unique} 1 ${stats.bots} 1 `,
    );
    expect(month).toContain(chart.range("3", stats.unit, "16 Feb", "17 Mar"));
    expect(month).toContain(chart.highest("3", "17 Mar"));
    expect(month).toContain(chart.bar("17 Mar", "3", stats.unit));
    expect(month).toContain(`${stats.dimensions.referrer} news.example 3 100%`);
    expect(month).toContain(`${stats.dimensions.browser} Firefox 3 100%`);
    expect(month).toContain(`${stats.dimensions.system} Linux 3 100%`);
    const all = await textOf("/-/stats/links/counted?range=all");
    expect(all).toContain(chart.range("3", stats.unit, "17 Mar", "17 Mar"));
  });

  test("shows no chart without visits", async () => {
    await add("quiet");
    expect(await textOf("/-/links/quiet")).toContain(stats.empty.title);
  });

  test("escapes what was typed", async () => {
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
  ])("responds 404 to %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test("is visible to its owner and administrators only", async () => {
    await add("mine");
    const bob = await world.signIn(world.people.bob);
    expect((await get("/-/links/mine", admin)).status).toBe(200);
    expect((await get("/-/links/mine", bob)).status).toBe(404);
    const stranger = await world.request("/-/links/mine");
    expect(stranger.headers.get("location")).toBe("/auth/login?next=%2F-%2Flinks%2Fmine");
  });
});
