/** Backups and restores by the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { User } from "../../src/accounts/user.ts";
import { href, withQuery } from "../../src/http/urls.ts";
import { operator, type Scope } from "../../src/policy.ts";
import { runRestores } from "../../src/user-backup/restores/restore-queue.ts";
import { until } from "../until.ts";
import { type ApiWorld, openApiWorld } from "./api-world.ts";

let world: ApiWorld;
let archive: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  world = await openApiWorld();
  const json = { short_code: "kept", target: "https://a.example/" };
  await world.ask("POST", href("apiLinks"), { json });
  const { response } = await world.ask("GET", href("apiBackup"), await keyOf("backup:read"));
  archive = new Uint8Array(await response.bytes());
});
afterAll(() => world.close());

async function keyOf(...scopes: Scope[]) {
  const { keys } = world.app.accounts;
  const { secret } = await keys.create(operator, world.people.alice, { name: "k", scopes });
  return { by: null, headers: { "x-api-key": secret } };
}

const ZIP = { "content-type": "application/zip" };
const restore = async (query: Record<string, string> = {}, body = archive) => {
  const { headers, ...asked } = await keyOf("backup:admin");
  const path = withQuery(href("apiRestores"), query);
  return await world.ask("POST", path, { ...asked, body, headers: { ...headers, ...ZIP } });
};

test("a backup is downloaded and restored", async () => {
  const kept = href("apiLink", { shortCode: "kept" });
  await world.ask("DELETE", kept);
  const started = await restore();
  expect([started.status, started.body.state]).toEqual([202, "running"]);
  const watched = started.headers.get("location") ?? "";
  expect((await restore()).status).toBe(409);
  await runRestores(world.app);
  const { body } = await world.ask("GET", watched);
  expect(body).toMatchObject({ state: "done", restored: 1, owner: "alice", problem: null });
  expect((await world.ask("GET", kept)).status).toBe(200);
  const other = { by: world.people.bob };
  for (const method of ["GET", "DELETE"])
    expect((await world.ask(method, watched, other)).status).toBe(404);
});

test("a restore of what is no archive fails, and says why", async () => {
  const started = await restore({}, new TextEncoder().encode("no archive"));
  await runRestores(world.app);
  const { body } = await world.ask("GET", started.headers.get("location") ?? "");
  expect(body).toMatchObject({ state: "failed", problem: { code: "invalid" } });
});

test("a restore is cancelled", async () => {
  const started = await restore();
  const watched = started.headers.get("location") ?? "";
  expect((await world.ask("DELETE", watched)).status).toBe(200);
  await runRestores(world.app);
  expect((await world.ask("GET", watched)).body.state).toBe("cancelled");
});

test("what needs a person is refused to a key", async () => {
  const replacing = await restore({ mode: "replace" });
  expect([replacing.status, replacing.body.code]).toEqual([403, "person_required"]);
  const admin = { name: "k", scopes: ["backup:read"] as const };
  const { secret } = await world.app.accounts.keys.create(operator, world.people.admin, admin);
  const asked = { by: null, headers: { "x-api-key": secret } };
  const path = withQuery(href("apiBackup"), { owner: "alice" });
  expect((await world.ask("GET", path, asked)).body.code).toBe("person_required");
  expect((await world.ask("GET", path, { by: world.people.admin })).status).toBe(200);
});

test("another account is not named", async () => {
  for (const [method, name] of [
    ["GET", "apiBackup"],
    ["POST", "apiRestores"],
  ] as const) {
    const path = withQuery(href(name), { owner: "bob" });
    expect((await world.ask(method, path, { headers: ZIP })).status).toBe(422);
  }
});

test("restores are of one of the modes", async () => {
  const { status, body } = await restore({ mode: "burn" });
  expect([status, body.errors[0]?.parameter]).toEqual([422, "mode"]);
});

test("a backup of the site is made, watched and listed", async () => {
  const asked = { by: world.people.admin };
  const path = href("apiSiteBackups");
  expect((await world.ask("GET", path, asked)).body.items).toEqual([]);
  const { status, headers } = await world.ask("POST", path, asked);
  expect(status).toBe(202);
  expect((await world.ask("POST", path, asked)).status).toBe(409);
  const watched = headers.get("location") ?? "";
  const hasEnded = async () => (await world.ask("GET", watched, asked)).body.running === false;
  await until(hasEnded, { what: "the backup to end", seconds: 60 });
  expect((await world.ask("GET", watched, asked)).body.last_asked).toMatchObject({ failure: null });
  expect((await world.ask("GET", path, asked)).body.items.length).toBe(1);
  expect((await world.ask("GET", path)).status).toBe(403);
  const made = (await world.ask("GET", path, asked)).body.items[0];
  await downloads(String(made?.name), Number(made?.size));
});

/** A backup of the site as a whole, in parts, and as conditions ask, by those who may. */
async function downloads(name: string, size: number): Promise<void> {
  const { keys } = world.app.accounts;
  const scopes = ["backup:admin"] as const;
  const keyOf = async (owner: User) => {
    const { secret } = await keys.create(operator, owner, { name: "k", scopes });
    return secret;
  };
  const key = { "x-api-key": await keyOf(world.people.admin) };
  const get = (more: object = {}, method = "GET", path = href("apiSiteBackup", { name })) =>
    world.ask(method, path, { by: null, headers: { ...key, ...more } });
  const whole = await get();
  const bytes = await whole.response.bytes();
  expect([whole.status, bytes.length]).toEqual([200, size]);
  expect(whole.headers.get("content-disposition")).toContain(name);
  const part = await get({ range: "bytes=10-29" });
  expect([part.status, await part.response.bytes()]).toEqual([206, bytes.slice(10, 30)]);
  expect(part.headers.get("content-range")).toBe(`bytes 10-29/${size}`);
  expect((await get({ range: `bytes=${size}-` })).status).toBe(416);
  const etag = whole.headers.get("etag") ?? "";
  expect((await get({ "if-none-match": etag })).status).toBe(304);
  expect((await get({ "if-match": '"other"' })).status).toBe(412);
  const head = await get({}, "HEAD");
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(size)]);
  for (const other of ["trunk8_site_20200101_000000.zip", "../site.key", `x${name}`])
    expect((await get({}, "GET", href("apiSiteBackup", { name: other }))).status).toBe(404);
  const asked = { by: null, headers: { "x-api-key": await keyOf(world.people.alice) } };
  expect((await world.ask("GET", href("apiSiteBackup", { name }), asked)).status).toBe(403);
}
