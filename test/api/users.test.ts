/** Accounts by the API. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href, withQuery } from "../../src/http/urls.ts";
import { operator, type Scope } from "../../src/policy.ts";
import { PASSWORD } from "../world.ts";
import { type ApiWorld, openApiWorld } from "./api-world.ts";

const users = href("apiUsers");
const at = (username: string) => href("apiUser", { username });

describe("accounts", () => {
  let world: ApiWorld;
  let made = 0;
  beforeAll(async () => {
    world = await openApiWorld();
  });
  afterAll(() => world.close());

  const admin = () => ({ by: world.people.admin });
  const create = async () => {
    const username = `user-${made++}`;
    const json = { username, password: PASSWORD, display_name: "Someone" };
    return await world.ask("POST", users, { ...admin(), json });
  };
  const keyOfAdmin = async (...scopes: Scope[]) => {
    const { keys } = world.app.accounts;
    const { secret } = await keys.create(operator, world.people.admin, { name: "k", scopes });
    return { by: null, headers: { "x-api-key": secret } };
  };

  test("me is the account of the caller, and of the owner of a key", async () => {
    const { body } = await world.ask("GET", href("apiMe"));
    expect(body).toMatchObject({ username: "alice", role: "user", key: null, quota: null });
    const { body: byKey } = await world.ask("GET", href("apiMe"), await keyOfAdmin("audit:read"));
    expect(byKey).toMatchObject({ username: "admin", key: { scopes: ["audit:read"] } });
  });

  test("are created, read and changed", async () => {
    const created = await create();
    expect([created.status, created.body.display_name]).toEqual([201, "Someone"]);
    const path = created.headers.get("location") ?? "";
    expect((await world.ask("GET", path, admin())).body).toEqual(created.body);
    const json = { display_name: null, quota: 5000, disabled: true };
    const changed = await world.ask("PATCH", path, { ...admin(), json });
    expect(changed.body).toMatchObject({ ...json, display_name: created.body.username });
    const enabled = await world.ask("PATCH", path, { ...admin(), json: { quota: null } });
    expect(enabled.body).toMatchObject({ quota: null, disabled: true });
  });

  test("are listed in pages, each once", async () => {
    for (let count = 0; count < 5; count++) await create();
    const found: unknown[] = [];
    let after: string | null = null;
    do {
      const path = withQuery(users, { limit: "2", sort: "created", after });
      const { body } = await world.ask("GET", path, admin());
      found.push(...body.items.map(({ username }) => username));
      after = body.next;
    } while (after !== null);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toContain("alice");
    const { body } = await world.ask("GET", withQuery(users, { q: "bob" }), admin());
    expect(body.items.map(({ username }) => username)).toEqual(["bob"]);
  });

  test("a cursor of another list is refused", async () => {
    const { body } = await world.ask("GET", withQuery(users, { limit: "2" }), admin());
    for (const query of [{ limit: "3" }, { limit: "2", q: "a" }, { limit: "2", sort: "role" }]) {
      const path = withQuery(users, { ...query, after: body.next });
      expect((await world.ask("GET", path, admin())).status).toBe(400);
    }
  });

  test("get a password, and sign in with it", async () => {
    const { body } = await create();
    const username = String(body.username);
    const path = href("apiPassword", { username });
    const oneTime = await world.ask("POST", path, admin());
    const signIn = (password: unknown) =>
      world.app.accounts.users.signIn({ username, password: String(password), address: "" });
    expect((await signIn(oneTime.body.password)).mustChangePassword).toBe(true);
    const json = { new_password: "another quiet Tuesday" };
    expect((await world.ask("PUT", path, { ...admin(), json })).status).toBe(204);
    expect((await signIn(json.new_password)).mustChangePassword).toBe(false);
  });

  test("are signed out everywhere", async () => {
    const { body } = await create();
    const user = await world.app.accounts.users.findByUsername(String(body.username));
    if (user === null) throw new Error("There is no such user.");
    const cookie = await world.signIn(user);
    const path = href("apiSessions", user);
    expect((await world.ask("DELETE", path, admin())).status).toBe(204);
    const after = await world.ask("GET", href("apiMe"), { by: null, headers: { cookie } });
    expect(after.status).toBe(401);
  });

  test("are deleted, and their links get a new owner", async () => {
    const { body } = await create();
    const username = String(body.username);
    const path = withQuery(at(username), { links: "transfer", to: "bob" });
    expect((await world.ask("DELETE", path, admin())).body).toMatchObject({ links: 0 });
    expect((await world.ask("GET", at(username), admin())).status).toBe(404);
  });

  test.each([
    [{ links: "burn" }, "links"],
    [{ links: "transfer" }, "to"],
    [{ links: "transfer", to: "nobody" }, "to"],
    [{}, "links"],
  ])("are not deleted by %p", async (query, parameter) => {
    const path = withQuery(at("bob"), query);
    const { status, body } = await world.ask("DELETE", path, admin());
    expect([status, body.errors[0]?.parameter]).toEqual([422, parameter]);
  });

  test.each([
    [{ username: "a b", password: PASSWORD }, "#/username"],
    [{ username: "alice", password: PASSWORD }, "#/username"],
    [{ username: "short", password: "x" }, "#/password"],
    [{ username: "nobody" }, "#/password"],
    [{ username: "nobody", password: null }, "#/password"],
    [{ username: "nobody", password: PASSWORD, role: "king" }, "#/role"],
    [{ username: "nobody", password: PASSWORD, display_name: "\u0001" }, "#/display_name"],
    [{ username: "nobody", password: PASSWORD, quota: 1 }, "#/quota"],
  ])("are not created by %p", async (json, pointer) => {
    const { status, body } = await world.ask("POST", users, { ...admin(), json });
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  test.each([
    [{ quota: -1 }, "#/quota"],
    [{ quota: 1.5 }, "#/quota"],
    [{ disabled: "yes" }, "#/disabled"],
    [{ username: "other" }, "#/username"],
  ])("are not changed by %p", async (json, pointer) => {
    const { status, body } = await world.ask("PATCH", at("bob"), { ...admin(), json });
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  test("an administrator changes neither their own role nor that of admin", async () => {
    for (const json of [{ role: "user" }, { disabled: true }]) {
      const { status, body } = await world.ask("PATCH", at("admin"), { ...admin(), json });
      expect([status, body.code]).toEqual([403, "forbidden"]);
    }
  });

  test("what needs a person is refused to a key by its code", async () => {
    const asked = await keyOfAdmin("users:admin", "keys:write");
    const administrator = { username: "boss", password: PASSWORD, role: "administrator" };
    for (const [method, path, json] of [
      ["POST", users, administrator],
      ["PATCH", at("bob"), { role: "administrator" }],
      ["DELETE", withQuery(at("bob"), { links: "delete" }), undefined],
      ["PUT", href("apiPassword", { username: "bob" }), { new_password: PASSWORD }],
      ["POST", href("apiPassword", { username: "bob" }), undefined],
      ["POST", href("apiKeys"), { name: "n", scopes: ["links:read"] }],
    ] as const) {
      const { status, body } = await world.ask(method, path, { ...asked, json });
      expect([path, status, body.code]).toEqual([path, 403, "person_required"]);
    }
    const json = { display_name: "Robert" };
    expect((await world.ask("PATCH", at("bob"), { ...asked, json })).status).toBe(200);
  });

  test("a session that is not new is no proof of a person", async () => {
    world.clock.advance(3_600_000);
    const { status, body } = await world.ask("PATCH", at("bob"), {
      ...admin(),
      json: { role: "administrator" },
    });
    expect([status, body.code]).toEqual([403, "recent_sign_in_required"]);
  });
});
