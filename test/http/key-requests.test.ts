/** Requests by API keys: which count, what they may, and what refuses them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { NewKeyInput } from "../../src/accounts/keys/key-schema.ts";
import { makeKey } from "../../src/accounts/keys/key-secret.ts";
import type { User } from "../../src/accounts/user.ts";
import { systemRandom } from "../../src/clock.ts";
import { keyScopes } from "../../src/http/key-scopes.ts";
import { type UrlName, urls } from "../../src/http/urls.ts";
import { operator, type Scope, scopeNames } from "../../src/policy.ts";
import { openTestApp, START, type World } from "../world.ts";

let world: World;
let everything: string;
beforeAll(async () => {
  world = await openTestApp();
  everything = await makeFor(world.people.admin, scopeNames);
});
afterAll(() => world.close());

async function makeFor(user: User, scopes: readonly Scope[], more: Partial<NewKeyInput> = {}) {
  const input = { name: "a test", scopes, ...more };
  return (await world.app.accounts.keys.create(operator, user, input)).secret;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const basic = (key: string, user = "any") => ({
  authorization: `Basic ${Buffer.from(`${user}:${key}`).toString("base64")}`,
});

const program = { "user-agent": "curl/8.5.0", accept: "*/*" };

function post(path: string, body: object, headers: Record<string, string>): Promise<Response> {
  return world.request(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...program, "content-type": "application/json", ...headers },
  });
}

const add = (headers: Record<string, string>, more: object = {}) =>
  post("/add", { target: "https://a.example/", ...more }, headers);

describe("a key", () => {
  test.each([
    ["Bearer", bearer],
    ["bearer, with spaces", (key: string) => ({ authorization: `bearer   ${key}` })],
    ["X-Api-Key", (key: string) => ({ "x-api-key": key })],
    ["Basic", basic],
    ["Basic without a user name", (key: string) => basic(key, "")],
    ["Bearer from another site's page", (key: string) => ({ ...bearer(key), ...crossSite })],
  ])("creates a link: %s", async (_, headersOf) => {
    const key = await makeFor(world.people.alice, ["links:create"]);
    const response = await add(headersOf(key));
    expect(response.status).toBe(201);
    const code = await codeIn(response);
    const link = await world.app.links.get(operator, code);
    expect(link.ownerId).toBe(world.people.alice.id);
    const { events } = await world.app.audit.list(operator, { resource: code }, { limit: 1 });
    expect(events[0]).toMatchObject({ actor: "alice", details: { key: key.slice(0, 8) } });
  });

  const crossSite = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };

  test("with a cookie does not skip the cross-site check", async () => {
    const cookie = await world.signIn(world.people.alice);
    const response = await add({ ...bearer(everything), ...crossSite, cookie });
    expect(response.status).toBe(403);
  });

  test("counts before a session", async () => {
    const cookie = await world.signIn(world.people.alice);
    const key = await makeFor(world.people.bob, ["links:create"]);
    const code = await codeIn(await add({ ...bearer(key), cookie }));
    expect((await world.app.links.get(operator, code)).ownerId).toBe(world.people.bob.id);
  });
});

describe("what is no valid key", () => {
  const ended = {
    expired: () => makeFor(world.people.alice, ["links:create"], { expiresAt: START + 1 }),
    revoked: async () => {
      const input = { name: "x", scopes: ["links:create"] as const };
      const { key, secret } = await world.app.accounts.keys.create(
        operator,
        world.people.alice,
        input,
      );
      await world.app.accounts.keys.revoke(operator, key.id);
      return secret;
    },
  };
  const cases: [string, () => string | Promise<string>, string][] = [
    ["short", () => "t8", "This API key is not valid."],
    ["of 39 characters", () => makeKey(systemRandom).slice(0, 39), "This API key is not valid."],
    ["wrong", () => "t8".padEnd(40, "A"), "This API key is not valid."],
    ["foreign", () => makeKey(systemRandom), "This API key is not valid."],
    ["very long", () => "t8".padEnd(8000, "A"), "This API key is not valid."],
    ["another kind of token", () => "eyJhbGciOi.J9.x", "This API key is not valid."],
    ["revoked", ended.revoked, "This API key has been revoked."],
  ];
  const ways: [string, (key: string) => Record<string, string>][] = [
    ["Bearer", bearer],
    ["X-Api-Key", (key) => ({ "x-api-key": key })],
  ];

  describe.each(ways)("as %s", (_, headersOf) => {
    test.each(cases)("%s is 401", async (_what, keyOf, detail) => {
      const headers = headersOf(await keyOf());
      for (const response of [await add(headers), await get("/-/links.csv", headers)]) {
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
        expect(await bodyOf(response)).toMatchObject({ code: "unauthenticated", detail });
      }
    });
  });

  test.each(["expired"] as const)("one that is %s is 401 and says so", async (what) => {
    const key = await ended[what]();
    world.clock.advance(1);
    const response = await add(basic(key));
    expect(response.status).toBe(401);
    expect((await bodyOf(response)).detail).toBe("This API key has expired.");
  });

  test("Basic with another password is left to links and proxies", async () => {
    expect((await get("/auth/login", basic("a quiet Tuesday"))).status).toBe(200);
    const response = await add(basic(makeKey(systemRandom).slice(0, 39)));
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  test("a proxy's token beside a session is ignored", async () => {
    const cookie = await world.signIn(world.people.alice);
    const headers = { ...bearer("eyJhbGciOi.J9.x"), cookie, accept: "text/html" };
    expect((await get("/links", headers)).status).toBe(200);
    const visitor = { ...bearer("eyJhbGciOi.J9.x"), accept: "text/html" };
    expect((await get("/links", visitor)).status).toBe(303);
  });

  test("a disabled user's key is 401", async () => {
    const { bob } = world.people;
    const key = await makeFor(bob, ["links:create"]);
    expect((await add(bearer(key))).status).toBe(201);
    await world.app.accounts.admin.change(operator, bob.id, { disabled: true });
    expect((await add(bearer(key))).status).toBe(401);
    await world.app.accounts.admin.change(operator, bob.id, { disabled: false });
    expect((await add(bearer(key))).status).toBe(201);
  });

  test("guesses of a network are limited, and valid keys there are not", async () => {
    const limited = await openTestApp({ settings: { "limits.stranger_per_minute": 10 } });
    const { alice } = limited.people;
    const input = { name: "x", scopes: ["links:read"] as const };
    const { secret } = await limited.app.accounts.keys.create(operator, alice, input);
    const ask = (key: string) =>
      limited.request("/-/links.csv", { headers: { ...program, ...bearer(key) } });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await ask(makeKey(systemRandom))).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await ask(secret)).status).toBe(200);
    await limited.close();
  });

  test("a key has its own limit of requests", async () => {
    const limited = await openTestApp({ settings: { "limits.key_per_minute": 10 } });
    const { alice } = limited.people;
    const input = { name: "x", scopes: ["links:read"] as const };
    const make = () => limited.app.accounts.keys.create(operator, alice, input);
    const [one, other] = [await make(), await make()];
    const ask = async (key: string) =>
      (await limited.request("/-/links.csv", { headers: { ...program, ...bearer(key) } })).status;
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push(await ask(one.secret));
    expect(statuses).toEqual([200, 200, 429]);
    expect(await ask(other.secret)).toBe(200);
    const cookie = await limited.signIn(alice);
    expect((await limited.request("/links", { headers: { cookie } })).status).toBe(200);
    await limited.close();
  });
});

describe("each scope at each URL that is open to keys", () => {
  const keysOfAdmin = new Map<Scope, string>();
  beforeAll(async () => {
    for (const scope of scopeNames)
      keysOfAdmin.set(scope, await makeFor(world.people.admin, [scope]));
  });

  const rows = (Object.entries(keyScopes) as [UrlName, readonly Scope[]][]).flatMap(
    ([name, accepted]) => scopeNames.map((scope) => [name, scope, accepted] as const),
  );
  const params: Record<string, string> = {
    shortCode: "none",
    format: "svg",
    username: "nobody",
    id: "0",
  };

  test.each(rows)("%s with %s", async (name, scope, accepted) => {
    const { pattern, methods, access } = urls[name];
    const key = keysOfAdmin.get(scope) ?? "";
    const path = pattern.replaceAll(/:(\w+)/g, (_, part: string) => params[part] ?? part);
    for (const method of methods) {
      const init = { method, headers: { ...program, ...bearer(key) } };
      const response = await world.request(path, init);
      const challenge = response.headers.get("www-authenticate") ?? "";
      if (accepted.includes(scope)) expect(response.status).not.toBe(401);
      else if (access !== "visitor") {
        expect([method, response.status]).toEqual([method, 403]);
        expect(challenge).toContain(`scope="${accepted[0]}"`);
      }
    }
  });

  test.each(Object.keys(urls) as UrlName[])("%s without it is for people", async (name) => {
    const { pattern, methods, access, tongue } = urls[name];
    if (name in keyScopes || access === "visitor" || tongue === "api") return;
    const path = pattern.replaceAll(/:(\w+)/g, (_, part: string) => params[part] ?? part);
    for (const method of methods) {
      const init = { method, headers: { ...program, ...bearer(everything) } };
      expect([method, (await world.request(path, init)).status]).toEqual([method, 403]);
    }
  });
});

describe("what a key may", () => {
  test("without the scope of a URL, it is told which", async () => {
    const key = await makeFor(world.people.alice, ["stats:read"]);
    const response = await add(bearer(key));
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_scope", scope="links:create"',
    );
    expect(await bodyOf(response)).toMatchObject({
      code: "insufficient_scope",
      scope: "links:create",
      detail: "This API key needs the scope links:create.",
    });
  });

  test("a link with content needs another scope than a redirect", async () => {
    const page = { kind: "markdown", content: "# A", title: "A" };
    const text = { target: undefined, ...page };
    const [links, files] = [
      await makeFor(world.people.alice, ["links:create"]),
      await makeFor(world.people.alice, ["files:create"]),
    ];
    const scopeOf = async (response: Response) => [response.status, (await bodyOf(response)).scope];
    expect(await scopeOf(await add(bearer(links), text))).toEqual([403, "files:create"]);
    expect(await scopeOf(await add(bearer(files)))).toEqual([403, "links:create"]);
    expect((await add(bearer(files), text)).status).toBe(201);
  });

  test("another user's link is not found, whatever the scope", async () => {
    const shortCode = await linkOf(world.people.bob);
    for (const scopes of [["links:write"], ["links:write", "links:read"]] as const) {
      const key = await makeFor(world.people.alice, scopes);
      const response = await post(`/edit_link/${shortCode}`, { title: "x" }, bearer(key));
      expect(response.status).toBe(404);
    }
  });

  test("a key for some kinds finds, changes and lists no other link", async () => {
    const { alice } = world.people;
    const key = await makeFor(alice, ["links:read", "links:write", "links:create"], {
      kinds: ["markdown"],
    });
    const shortCode = await linkOf(alice);
    expect((await post(`/edit_link/${shortCode}`, { title: "x" }, bearer(key))).status).toBe(404);
    expect((await post(`/delete_link/${shortCode}`, {}, bearer(key))).status).toBe(404);
    expect((await add(bearer(key))).status).toBe(403);
    expect((await get("/-/links.csv", bearer(key))).status).toBe(403);
    expect((await get("/-/links.csv?kind=markdown", bearer(key))).status).toBe(200);
    expect((await get("/-/links.csv?kind=redirect", bearer(key))).status).toBe(403);
  });

  test("no key does what needs a person, or a recent sign-in", async () => {
    const refused: [string, object][] = [
      ["/profile", { action: "end_other_sessions" }],
      ["/settings", { theme: "darkly" }],
      ["/auth/switch-user/alice", {}],
      ["/auth/switch-back", {}],
      ["/users/alice/delete", { links: "delete" }],
      ["/-/settings", {}],
    ];
    for (const [path, body] of refused) {
      const response = await post(path, body, bearer(everything));
      expect([path, response.status, (await bodyOf(response)).code]).toEqual([
        path,
        403,
        "person_required",
      ]);
    }
    const promotion = await post("/users/alice", { role: "administrator" }, bearer(everything));
    expect((await bodyOf(promotion)).code).toBe("person_required");
  });

  test("a key of an administrator acts as that administrator", async () => {
    const response = await post("/users/alice", { display_name: "Alice A." }, bearer(everything));
    expect(response.status).toBe(200);
    const narrow = await makeFor(world.people.admin, ["links:read"]);
    const refused = await post("/users/alice", { display_name: "Eve" }, bearer(narrow));
    expect((await bodyOf(refused)).scope).toBe("users:admin");
  });

  test("where visitors may come, a key that is not for it is a visitor's", async () => {
    const key = await makeFor(world.people.alice, ["stats:read"]);
    expect((await get("/auth/login", bearer(key))).status).toBe(200);
    expect((await get("/health", bearer(key))).status).toBe(200);
    expect((await get("/-/proxy/probe", bearer(everything))).status).toBe(403);
  });

  test("no URL for people in person is open to keys", () => {
    const open = Object.keys(keyScopes) as UrlName[];
    expect(open.filter((name) => urls[name].access === "in_person")).toEqual([]);
    const sensitive: UrlName[] = ["deleteUser", "switchUser", "switchBack", "profile", "settings"];
    expect(open.filter((name) => sensitive.includes(name))).toEqual([]);
  });

  test("a user with a one-time password chooses their own before their keys work", async () => {
    const { bob } = world.people;
    const key = await makeFor(bob, ["links:read"]);
    await world.app.accounts.users.createOneTimePassword(operator, "bob");
    const response = await get("/-/links.csv", bearer(key));
    expect(response.status).toBe(403);
  });
});

function get(path: string, headers: Record<string, string>): Promise<Response> {
  return world.request(path, { headers: { ...program, ...headers } });
}

async function linkOf(user: User): Promise<string> {
  return await codeIn(await add(bearer(await makeFor(user, ["links:create"]))));
}

async function codeIn(response: Response): Promise<string> {
  return String((await bodyOf(response)).short_code);
}

async function bodyOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await response.json()) as Record<string, unknown>;
}
