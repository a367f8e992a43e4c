import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../src/accounts/user.ts";
import { operator } from "../../src/policy.ts";
import { form, openTestApp, PASSWORD, type World } from "../world.ts";
import { cookiesFrom, readPage } from "./readpage.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

const get = (path: string, cookie: string) => world.request(path, { headers: { cookie } });
const signIn = (fields: Record<string, string>, cookie?: string) =>
  world.request("/auth/login", form({ password: PASSWORD, ...fields }, cookie));
const isSignedIn = async (cookie: string) => (await get("/profile", cookie)).status === 200;

/** Someone of whom no other test knows. */
async function newcomer(username: string): Promise<{ user: User; cookie: string }> {
  const user = await world.app.users.create(operator, { username, password: PASSWORD });
  return { user, cookie: await world.signIn(user) };
}

describe("signing in", () => {
  test("with the password alone makes one the administrator", async () => {
    const response = await signIn({});
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    const { text } = await readPage(await get("/profile", cookiesFrom(response)));
    expect(text).toContain("User name admin");
  });

  test.each([
    ["/add?url=https%3A%2F%2Fexample.com", "/add?url=https%3A%2F%2Fexample.com"],
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example", "/"],
  ])("leads on to %s as %s", async (next, location) => {
    const fields = { username: "alice", next };
    const page = await readPage(await signIn({ ...fields, password: "wrong" }));
    expect(page.values.next).toBe(next);
    const response = await signIn(fields);
    expect(response.headers.get("location")).toBe(location);
  });

  test("lasts until the browser closes, or as long as the settings say", async () => {
    const session = async (fields: Record<string, string>) =>
      (await signIn({ username: "bob", ...fields })).headers.getSetCookie().join();
    expect(await session({})).toMatch(/^sessionid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await session({ remember: "on" })).toEndWith("; Max-Age=2592000");
  });

  test("ends the session that the browser had before", async () => {
    const before = await world.signIn(world.people.alice);
    const response = await signIn({ username: "bob" }, before);
    expect(await isSignedIn(before)).toBe(false);
    expect(await isSignedIn(cookiesFrom(response))).toBe(true);
  });

  test("is refused in the same words to known and unknown people, and no password is sent back", async () => {
    const pages = ["alice", "nobody"].map(async (username) => {
      const response = await signIn({ username, password: "a wrong one", remember: "on" });
      expect(response.status).toBe(422);
      return await readPage(response);
    });
    const [known, unknown] = await Promise.all(pages);
    expect(known?.text).toContain("Wrong user name or password.");
    expect(known?.values).toMatchObject({ username: "alice", password: "", remember: "on" });
    expect(known?.html.replace("alice", "nobody")).toBe(unknown?.html ?? "");
  });

  test("is put off after too many wrong passwords, with the time to come back", async () => {
    const wrong = { username: "guessed", password: "wrong" };
    for (let tries = 0; tries < 10; tries++) expect((await signIn(wrong)).status).toBe(422);
    const response = await signIn(wrong);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "12"]);
    expect((await readPage(response)).text).toContain("Try again in 12 seconds.");
  });

  test("is over for who is signed in already: the page leads on", async () => {
    const response = await get("/auth/login?next=/links", await world.signIn(world.people.bob));
    expect([response.status, response.headers.get("location")]).toEqual([303, "/links"]);
  });
});

describe("signing out", () => {
  test("takes one button, and then the session is over", async () => {
    const cookie = await world.signIn(world.people.bob);
    expect((await readPage(await get("/auth/logout", cookie))).text).toContain("Sign out?");
    expect(await isSignedIn(cookie)).toBe(true);
    const response = await world.request("/auth/logout", form({}, cookie));
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    expect(response.headers.getSetCookie()).toContainEqual(
      expect.stringMatching(/^sessionid=;.*Max-Age=0/),
    );
    expect(await isSignedIn(cookie)).toBe(false);
    const home = await readPage(await get("/", cookiesFrom(response)));
    expect(home.text).toContain("You are signed out.");
  });
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
    expect(next.text).toContain("Your password is changed");
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

  test("is all that the form can do", async () => {
    const cookie = await world.signIn(world.people.alice);
    const response = await change({ ...fields, action: "rule_the_world" }, cookie);
    expect(response.status).toBe(422);
  });

  test("is not offered where the environment sets it", async () => {
    const cookie = await world.signIn(world.people.admin);
    const page = await readPage(await get("/profile", cookie));
    expect(page.text).toContain("set by the environment variable TRUNK8_ADMIN_PASSWORD");
    expect(page.values).toEqual({});
    expect((await change(fields, cookie)).status).toBe(403);
  });
});
