/** Accounts by JSON: creating, changing and deleting them, and one's themes. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as accounts } from "../../../src/accounts/text.en.ts";
import { text as inputText } from "../../../src/text/text.en.ts";
import { openTestApp, type World } from "../../world.ts";

let world: World;
let admin: string;
let alice: string;
beforeAll(async () => {
  world = await openTestApp();
  admin = await world.signIn(world.people.admin);
  alice = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

async function send(path: string, body: unknown, cookie = admin) {
  const response = await world.request(path, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const PASSWORD = "four quiet brown horses";

describe("POST /auth/register", () => {
  test("creates an account and answers with it", async () => {
    const created = await send("/auth/register", {
      username: "carol",
      password: PASSWORD,
      display_name: "Carol C.",
      role: "administrator",
      must_change_password: true,
    });
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe("/users/carol");
    expect(created.body).toMatchObject({
      username: "carol",
      display_name: "Carol C.",
      role: "administrator",
      must_change_password: true,
      quota: null,
    });
  });

  test.each([
    ["no username", { password: PASSWORD }, { username: inputText.input.required }],
    [
      "a username of two letters",
      { username: "no", password: PASSWORD },
      { username: accounts.username.invalid },
    ],
    [
      "a role that there is not",
      { username: "dora", password: PASSWORD, role: "owner" },
      { role: accounts.administration.chooseRole },
    ],
    [
      "a field of the form",
      { username: "dora", password: PASSWORD, is_admin: true },
      { is_admin: inputText.input.unknownField },
    ],
  ])("refuses %s", async (_, body, errors) => {
    expect(await send("/auth/register", body)).toMatchObject({ status: 422, body: { errors } });
  });

  test("is for administrators", async () => {
    const body = { username: "erin", password: PASSWORD };
    expect((await send("/auth/register", body, alice)).status).toBe(403);
  });
});

describe("POST /users/<name>", () => {
  test("keeps what is absent, clears what is null", async () => {
    const changed = await send("/users/bob", { display_name: "Bobby", quota: 1_000_000 });
    expect(changed).toMatchObject({
      status: 200,
      body: { username: "bob", display_name: "Bobby", role: "user", quota: 1_000_000 },
    });
    const cleared = await send("/users/bob", { quota: null });
    expect(cleared.body).toMatchObject({ display_name: "Bobby", quota: null });
  });

  test.each([
    ["a negative quota", { quota: -1 }, { quota: accounts.administration.quotaInvalid }],
    ["half a byte", { quota: 0.5 }, { quota: accounts.administration.quotaInvalid }],
    ["disabled as a text", { disabled: "yes" }, { disabled: inputText.input.wrongType("boolean") }],
  ])("refuses %s", async (_, body, errors) => {
    expect(await send("/users/bob", body)).toMatchObject({ status: 422, body: { errors } });
  });

  test("does not know whom it does not find", async () => {
    expect((await send("/users/nobody", { quota: 1 })).status).toBe(404);
  });
});

describe("POST /users/<name>/delete", () => {
  test("says how many links were transferred or deleted", async () => {
    expect((await send("/auth/register", { username: "frank", password: PASSWORD })).status).toBe(
      201,
    );
    expect((await send("/users/frank/delete", {})).status).toBe(422);
    const removed = await send("/users/frank/delete", { links: "delete" });
    expect(removed).toMatchObject({ status: 200, body: { links: 0 } });
    expect((await send("/users/frank/delete", { links: "delete" })).status).toBe(404);
  });
});

describe("POST /settings", () => {
  test("keeps what is absent, null is the site's theme", async () => {
    const saved = await send("/settings", { theme: "flatly", markdown_theme: null }, alice);
    expect(saved).toMatchObject({ status: 200, body: { theme: "flatly", markdown_theme: null } });
    const user = await world.app.accounts.users.findById(world.people.alice.id);
    expect(user).toMatchObject({ theme: "flatly", markdownTheme: null });
  });

  test("refuses a theme that there is not", async () => {
    const errors = { theme: accounts.preferences.unknownTheme };
    expect(await send("/settings", { theme: "neon" }, alice)).toMatchObject({
      status: 422,
      body: { errors },
    });
  });
});
