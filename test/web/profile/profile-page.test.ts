import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as accounts } from "../../../src/accounts/text.en.ts";
import type { User } from "../../../src/accounts/user.ts";
import { operator } from "../../../src/policy.ts";
import { text } from "../../../src/web/profile/text.en.ts";
import { text as shared } from "../../../src/web/ui/text.en.ts";
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

/** Creates and signs in a user. */
async function newcomer(username: string): Promise<{ user: User; cookie: string }> {
  const user = await world.app.accounts.users.create(operator, { username, password: PASSWORD });
  return { user, cookie: await world.signIn(user) };
}

test("shows the account and the bookmarklet", async () => {
  const page = await profileOf(await world.signIn(world.people.alice));
  for (const shown of ["alice", accounts.roles.user, "17 Mar 2026, 13:00"])
    expect(page.text).toContain(shown);
  expect(page.links).toContainEqual(expect.stringMatching(/^javascript:.*trunk8\.test\/add/));
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
      "a wrong current one",
      { current_password: "x" },
      "current_password",
      accounts.password.currentIsWrong,
    ],
    [
      "new ones that do not match",
      { confirm_password: "a loud Thursday" },
      "confirm_password",
      text.password.differ,
    ],
    [
      "a short new one",
      { new_password: "1234567", confirm_password: "1234567" },
      "new_password",
      accounts.password.tooShort,
    ],
  ];

  test.each(refusals)("rejects %s", async (_, given, field, message) => {
    const response = await change({ ...fields, ...given }, await world.signIn(world.people.alice));
    const page = await readPage(response);
    expect(response.status).toBe(422);
    expect(page.problems).toEqual({ [field]: message });
    expect(page.html).not.toContain(PASSWORD);
    expect((await signIn({ username: "alice" })).status).toBe(303);
  });

  test("is not offered for a password from the environment", async () => {
    const cookie = await world.signIn(world.people.admin);
    const page = await readPage(await get("/profile", cookie));
    expect(page.text).toContain("TRUNK8_ADMIN_PASSWORD");
    expect(page.html).not.toContain('type="password"');
    expect((await change(fields, cookie)).status).toBe(403);
  });
});

describe("the sessions on the profile", () => {
  const sessionsIn = (html: string) =>
    [...html.matchAll(/name="session" value="(\w+)"/g)].map(([, id = ""]) => id);

  test("are listed with device and last use, the current one marked", async () => {
    const { user, cookie } = await newcomer("dora");
    const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await world.request("/auth/login", {
      ...form({ username: user.username, password: PASSWORD }),
      headers: { "user-agent": agent },
    });
    const page = await profileOf(cookie);
    expect(page.text).toContain(`Firefox on Linux 17 Mar 2026, 13:00 ${shared.time.now}`);
    expect(page.text).toContain(text.sessions.thisDevice);
    expect(sessionsIn(page.html)).toHaveLength(1);
  });

  test("end one by one, or all but the current one", async () => {
    const { user, cookie } = await newcomer("emil");
    const others = [await world.signIn(user), await world.signIn(user)];
    const [first = ""] = sessionsIn((await profileOf(cookie)).html);
    const response = await post({ action: "end_session", session: first }, cookie);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/profile"]);
    const page = await profileOf(`${cookie}; ${cookiesFrom(response)}`);
    expect(page.notice).toBe("session_ended");
    expect(sessionsIn(page.html)).toHaveLength(1);
    expect((await Promise.all(others.map(isSignedIn))).sort()).toEqual([false, true]);
    expect((await post({ action: "end_other_sessions" }, cookie)).status).toBe(303);
    expect(await Promise.all(others.map(isSignedIn))).toEqual([false, false]);
    expect(sessionsIn((await profileOf(cookie)).html)).toEqual([]);
  });

  test("of other users cannot be ended, and an id is no token", async () => {
    const { user, cookie } = await newcomer("frida");
    await world.signIn(user);
    const [id = ""] = sessionsIn((await profileOf(cookie)).html);
    const thief = await world.signIn(world.people.bob);
    const response = await post({ action: "end_session", session: id }, thief);
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain(text.sessions.alreadyEnded);
    expect(sessionsIn((await profileOf(cookie)).html)).toEqual([id]);
    expect(await isSignedIn(`sessionid=${id}`)).toBe(false);
  });
});

describe("the time zone", () => {
  const zoneIn = (html: string) => /<option value="([^"]*)" selected/.exec(html)?.[1];
  const setZone = (timeZone: string, cookie: string) =>
    post({ action: "change_time_zone", time_zone: timeZone }, cookie);

  test("is the site's until another is chosen, and applies to all times", async () => {
    const { user, cookie } = await newcomer("gustav");
    const before = await profileOf(cookie);
    expect(before.text).toContain(text.timeZone.siteDefault("Europe/Berlin"));
    expect(zoneIn(before.html)).toBe("");
    const response = await setZone("asia/tokyo", cookie);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/profile"]);
    const after = await profileOf(`${cookie}; ${cookiesFrom(response)}`);
    expect(zoneIn(after.html)).toBe("Asia/Tokyo");
    expect(after.notice).toBe("saved");
    expect(after.text).toContain("17 Mar 2026, 21:00");
    await setZone("", cookie);
    expect((await world.app.accounts.users.findById(user.id))?.timeZone).toBeNull();
  });

  test("can be one that is not in the list", async () => {
    const { user, cookie } = await newcomer("hanna");
    await world.app.accounts.users.changePreferences(
      { is: "user", userId: user.id, username: user.username, role: user.role },
      user.id,
      { timeZone: "Etc/GMT+5" },
    );
    expect(zoneIn((await profileOf(cookie)).html)).toBe("Etc/GMT+5");
  });

  test.each(["Mars/Olympus", "+01:00", "Europe/Berlin\0", "x".repeat(10_000), "<script>"])(
    "is rejected if unknown: %j",
    async (zone) => {
      const cookie = await world.signIn(world.people.bob);
      const response = await setZone(zone, cookie);
      const page = await readPage(response);
      expect([response.status, page.problems]).toEqual([
        422,
        { time_zone: accounts.preferences.unknownTimeZone },
      ]);
      expect((await world.app.accounts.users.findByUsername("bob"))?.timeZone).toBeNull();
    },
  );
});

describe("an unexpected post", () => {
  const refusals: [what: string, fields: Record<string, string>, message: string][] = [
    ["nothing", {}, shared.errors.unknownAction],
    ["another action", { action: "rule_the_world" }, shared.errors.unknownAction],
    ["an action all objects have", { action: "constructor" }, shared.errors.unknownAction],
    ["a zone without its field", { action: "change_time_zone" }, text.timeZone.missing],
    ["no session's id", { action: "end_session" }, text.sessions.alreadyEnded],
  ];
  test.each(refusals)("is rejected: %s", async (_, fields, message) => {
    const response = await post(fields, await world.signIn(world.people.alice));
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain(message);
  });

  test("ignores foreign fields", async () => {
    const { user, cookie } = await newcomer("ines");
    const extra = { role: "administrator", display_name: "Root", user_id: "1" };
    await post({ action: "change_time_zone", time_zone: "UTC", ...extra }, cookie);
    const after = await world.app.accounts.users.findById(user.id);
    expect(after).toEqual({ ...user, timeZone: "UTC" });
  });
});

test("lists unfinished uploads, and deletes them", async () => {
  const { user, cookie } = await newcomer("uploader");
  const { uploads } = world.app.files;
  const actor = { is: "user", userId: user.id, username: user.username, role: "user" } as const;
  const metadata = `filename ${btoa("film.mp4")}`;
  const input = { length: 2048, metadata, purpose: "hold" } as const;
  const { id } = await uploads.create(actor, user, input, 10_000);
  const page = await profileOf(cookie);
  for (const shown of [text.uploads.title, "film.mp4", text.uploads.of("0 bytes", "2 KB")])
    expect(page.text).toContain(shown);
  const other = await world.signIn(world.people.alice);
  expect((await post({ action: "delete_upload", upload: id }, other)).status).toBe(404);
  expect((await post({ action: "delete_upload", upload: id }, cookie)).status).toBe(303);
  expect((await profileOf(cookie)).text).not.toContain(text.uploads.title);
});
