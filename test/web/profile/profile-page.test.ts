import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import { operator } from "../../../src/policy.ts";
import { form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { cookiesFrom, readPage } from "../read-page.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.timezone": "Europe/Berlin" } });
});
afterAll(() => world.close());

const get = (path: string, cookie: string) => world.request(path, { headers: { cookie } });
const post = (fields: Record<string, string>, cookie: string) =>
  world.request("/profile", form(fields, cookie));
const profileOf = async (cookie: string) => await readPage(await get("/profile", cookie));
const signIn = (fields: Record<string, string>) =>
  world.request("/auth/login", form({ password: PASSWORD, ...fields }));
const isSignedIn = async (cookie: string) => (await get("/profile", cookie)).status === 200;

/** Someone of whom no other test knows. */
async function newcomer(username: string): Promise<{ user: User; cookie: string }> {
  const user = await world.app.users.create(operator, { username, password: PASSWORD });
  return { user, cookie: await world.signIn(user) };
}

test("the profile tells whose it is", async () => {
  const { text, links } = await profileOf(await world.signIn(world.people.alice));
  expect(text).toContain("User name alice Name alice Role User Since 17 Mar 2026, 13:00");
  expect(links).toContainEqual(expect.stringMatching(/^javascript:.*trunk8\.test\/add/));
});

describe("changing the password", () => {
  const change = (fields: Record<string, string>, cookie: string) =>
    world.request("/profile", form({ action: "change_password", ...fields }, cookie));
  const fields = {
    current_password: PASSWORD,
    new_password: "a loud Wednesday",
    confirm_password: "a loud Wednesday",
  };

  test("renews this session and ends all others", async () => {
    const { user, cookie } = await newcomer("carol");
    const elsewhere = await world.signIn(user);
    const response = await change(fields, cookie);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/profile"]);
    expect(await isSignedIn(cookie)).toBe(false);
    expect(await isSignedIn(elsewhere)).toBe(false);
    const next = await readPage(await get("/profile", cookiesFrom(response)));
    expect(next.notice).toBe("password_changed");
    expect((await signIn({ username: "carol", password: "a loud Wednesday" })).status).toBe(303);
  });

  const refusals: [why: string, given: Record<string, string>, field: string, message: string][] = [
    [
      "the current one is wrong",
      { current_password: "x" },
      "current_password",
      "This is not the current password.",
    ],
    [
      "the new ones differ",
      { confirm_password: "a loud Thursday" },
      "confirm_password",
      "The two new passwords differ.",
    ],
    [
      "the new one is short",
      { new_password: "1234567", confirm_password: "1234567" },
      "new_password",
      "A password has at least 8 characters.",
    ],
  ];

  test.each(refusals)("is refused when %s", async (_, given, field, message) => {
    const response = await change({ ...fields, ...given }, await world.signIn(world.people.alice));
    const page = await readPage(response);
    expect(response.status).toBe(422);
    expect(page.problems).toEqual({ [field]: message });
    expect(page.html).not.toContain(PASSWORD);
    expect((await signIn({ username: "alice" })).status).toBe(303);
  });

  test("is not offered where the environment sets it", async () => {
    const cookie = await world.signIn(world.people.admin);
    const page = await readPage(await get("/profile", cookie));
    expect(page.text).toContain("set by the environment variable TRUNK8_ADMIN_PASSWORD");
    expect(page.html).not.toContain('type="password"');
    expect((await change(fields, cookie)).status).toBe(403);
  });
});

describe("the sessions on the profile", () => {
  const sessionsIn = (html: string) =>
    [...html.matchAll(/name="session" value="(\w+)"/g)].map(([, id = ""]) => id);

  test("are listed with device and last use, and this one is named", async () => {
    const { user, cookie } = await newcomer("dora");
    const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await world.request("/auth/login", {
      ...form({ username: user.username, password: PASSWORD }),
      headers: { "user-agent": agent },
    });
    const { text, html } = await profileOf(cookie);
    expect(text).toContain("Firefox on Linux 17 Mar 2026, 13:00 just now Sign out");
    expect(text).toContain("This device");
    expect(sessionsIn(html)).toHaveLength(1);
  });

  test("end one by one, or all the others", async () => {
    const { user, cookie } = await newcomer("emil");
    const others = [await world.signIn(user), await world.signIn(user)];
    const [first = ""] = sessionsIn((await profileOf(cookie)).html);
    const response = await post({ action: "end_session", session: first }, cookie);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/profile"]);
    const { notice, html } = await profileOf(`${cookie}; ${cookiesFrom(response)}`);
    expect(notice).toBe("session_ended");
    expect(sessionsIn(html)).toHaveLength(1);
    expect((await Promise.all(others.map(isSignedIn))).sort()).toEqual([false, true]);
    expect((await post({ action: "end_other_sessions" }, cookie)).status).toBe(303);
    expect(await Promise.all(others.map(isSignedIn))).toEqual([false, false]);
    expect(sessionsIn((await profileOf(cookie)).html)).toEqual([]);
  });

  test("of others cannot be ended, and an id opens nothing", async () => {
    const { user, cookie } = await newcomer("frida");
    await world.signIn(user);
    const [id = ""] = sessionsIn((await profileOf(cookie)).html);
    const thief = await world.signIn(world.people.bob);
    const response = await post({ action: "end_session", session: id }, thief);
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain("You are not signed in there any more.");
    expect(sessionsIn((await profileOf(cookie)).html)).toEqual([id]);
    expect(await isSignedIn(`sessionid=${id}`)).toBe(false);
  });
});

describe("the time zone", () => {
  const zoneIn = (html: string) => /<option value="([^"]*)" selected/.exec(html)?.[1];
  const setZone = (timeZone: string, cookie: string) =>
    post({ action: "change_time_zone", time_zone: timeZone }, cookie);

  test("is the site's until another is chosen, and then all times are in it", async () => {
    const { user, cookie } = await newcomer("gustav");
    const before = await profileOf(cookie);
    expect(before.text).toContain("The site's zone (Europe/Berlin)");
    expect(zoneIn(before.html)).toBe("");
    const response = await setZone("asia/tokyo", cookie);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/profile"]);
    const after = await profileOf(`${cookie}; ${cookiesFrom(response)}`);
    expect(zoneIn(after.html)).toBe("Asia/Tokyo");
    expect(after.notice).toBe("saved");
    expect(after.text).toContain("Since 17 Mar 2026, 21:00");
    await setZone("", cookie);
    expect((await world.app.users.findById(user.id))?.timeZone).toBeNull();
  });

  test("may also be one that the list does not have", async () => {
    const { user, cookie } = await newcomer("hanna");
    await world.app.users.changePreferences(
      { is: "user", userId: user.id, username: user.username, role: user.role },
      user.id,
      { timeZone: "Etc/GMT+5" },
    );
    expect(zoneIn((await profileOf(cookie)).html)).toBe("Etc/GMT+5");
  });

  test.each(["Mars/Olympus", "+01:00", "Europe/Berlin\0", "x".repeat(10_000), "<script>"])(
    "is refused when it is none: %j",
    async (zone) => {
      const cookie = await world.signIn(world.people.bob);
      const response = await setZone(zone, cookie);
      const page = await readPage(response);
      expect([response.status, page.problems]).toEqual([
        422,
        { time_zone: "There is no such time zone. Choose another." },
      ]);
      expect((await world.app.users.findByUsername("bob"))?.timeZone).toBeNull();
    },
  );
});

describe("a post that no form of the profile sends", () => {
  const refusals: [what: string, fields: Record<string, string>, message: string][] = [
    ["nothing", {}, "This page has no such form."],
    ["another action", { action: "rule_the_world" }, "This page has no such form."],
    ["an action all objects have", { action: "constructor" }, "This page has no such form."],
    ["a zone without its field", { action: "change_time_zone" }, "Choose a time zone."],
    ["no session's id", { action: "end_session" }, "You are not signed in there any more."],
  ];
  test.each(refusals)("is refused: %s", async (_, fields, message) => {
    const response = await post(fields, await world.signIn(world.people.alice));
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain(message);
  });

  test("changes nothing that does not belong to it", async () => {
    const { user, cookie } = await newcomer("ines");
    const extra = { role: "administrator", display_name: "Root", user_id: "1" };
    await post({ action: "change_time_zone", time_zone: "UTC", ...extra }, cookie);
    const after = await world.app.users.findById(user.id);
    expect(after).toEqual({ ...user, timeZone: "UTC" });
  });
});
