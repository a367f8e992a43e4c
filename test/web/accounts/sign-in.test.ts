import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as accounts } from "../../../src/accounts/text.en.ts";
import { text } from "../../../src/web/accounts/text.en.ts";
import { text as frameText } from "../../../src/web/ui/layout/text.en.ts";
import { form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { cookiesFrom, readPage } from "../read-page.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

const get = (path: string, cookie: string) => world.request(path, { headers: { cookie } });
const signIn = (fields: Record<string, string>, cookie?: string) =>
  world.request("/auth/login", form({ password: PASSWORD, ...fields }, cookie));
const isSignedIn = async (cookie: string) => (await get("/profile", cookie)).status === 200;

describe("signing in", () => {
  test("signs the administrator in by the password alone", async () => {
    const response = await signIn({});
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    const profile = await readPage(await get("/profile", cookiesFrom(response)));
    expect(profile.text).toContain(world.people.admin.displayName);
  });

  test.each([
    ["/add?url=https%3A%2F%2Fexample.com", "/add?url=https%3A%2F%2Fexample.com"],
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example", "/"],
  ])("redirects from %s to %s", async (next, location) => {
    const fields = { username: "alice", next };
    const page = await readPage(await signIn({ ...fields, password: "wrong" }));
    expect(page.values.next).toBe(next);
    const response = await signIn(fields);
    expect(response.headers.get("location")).toBe(location);
  });

  test("lasts until the browser closes, or as long as set", async () => {
    const session = async (fields: Record<string, string>) =>
      (await signIn({ username: "bob", ...fields })).headers.getSetCookie().join();
    expect(await session({})).toMatch(/^sessionid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await session({ remember: "on" })).toEndWith("; Max-Age=2592000");
  });

  test("shows how long a session is kept and focuses the first empty field", async () => {
    const days = await openTestApp({ settings: { "session.permanent_lifetime_days": 1 } });
    const page = await readPage(await days.request("/auth/login"));
    expect(page.text).toContain(text.signIn.remember(1));
    expect(page.html).toMatch(/<input[^>]*id="username"[^>]*autofocus/);
    await days.close();
    const again = await signIn({ username: "alice", password: "wrong" });
    expect(await again.text()).toMatch(/<input[^>]*id="password"[^>]*autofocus/);
  });

  test("ends the previous session of the browser", async () => {
    const before = await world.signIn(world.people.alice);
    const response = await signIn({ username: "bob" }, before);
    expect(await isSignedIn(before)).toBe(false);
    expect(await isSignedIn(cookiesFrom(response))).toBe(true);
  });

  test("answers alike for known and unknown users and sends no password back", async () => {
    const pages = ["alice", "nobody"].map(async (username) => {
      const response = await signIn({ username, password: "a wrong one", remember: "on" });
      expect(response.status).toBe(422);
      return await readPage(response);
    });
    const [known, unknown] = await Promise.all(pages);
    expect(known?.text).toContain(accounts.signIn.wrong);
    expect(known?.values).toMatchObject({ username: "alice", password: "", remember: "on" });
    expect(known?.html.replace("alice", "nobody")).toBe(unknown?.html ?? "");
  });

  test("reports when to try again after too many wrong passwords", async () => {
    const wrong = { username: "guessed", password: "wrong" };
    for (let tries = 0; tries < 10; tries++) expect((await signIn(wrong)).status).toBe(422);
    const response = await signIn(wrong);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "12"]);
    expect((await readPage(response)).text).toContain(frameText.problem.retrySeconds(12));
  });

  test("redirects users who are signed in", async () => {
    const response = await get("/auth/login?next=/links", await world.signIn(world.people.bob));
    expect([response.status, response.headers.get("location")]).toEqual([303, "/links"]);
  });

  test.each(["/welcome7", "/-/preview/welcome7", "/%77elcome7?x=1", "/links/../welcome7"])(
    "never leads to a link, as %s",
    async (next) => {
      const shown = await world.request(`/auth/login?${new URLSearchParams({ next })}`);
      const { values } = await readPage(shown);
      const response = await signIn({ username: "bob", next: values.next ?? "" });
      expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    },
  );
});

describe("signing out", () => {
  test("asks and then ends the session", async () => {
    const cookie = await world.signIn(world.people.bob);
    expect((await get("/auth/logout", cookie)).status).toBe(200);
    expect(await isSignedIn(cookie)).toBe(true);
    const response = await world.request("/auth/logout", form({}, cookie));
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    expect(response.headers.getSetCookie()).toContainEqual(
      expect.stringMatching(/^sessionid=;.*Max-Age=0/),
    );
    expect(await isSignedIn(cookie)).toBe(false);
    const next = await readPage(await get("/auth/login", cookiesFrom(response)));
    expect(next.notice).toBe("signed_out");
  });
});
