/** Every URL, asked by everybody there is, about somebody's things: docs/permissions.md, found true. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { User } from "../../../src/accounts/user.ts";
import { encodePng } from "../../../src/http/qr/png.ts";
import { urls } from "../../../src/http/urls.ts";
import { NOT_BEGUN } from "../../../src/links/restores/restore-record.ts";
import { operator } from "../../../src/policy.ts";
import { backUpUser } from "../../../src/user-backup/back-up-user.ts";
import { refusedPath } from "../../../src/user-backup/uploaded-archives.ts";
import { brandHref, brandOf } from "../../../src/web/static/branding.ts";
import { collectionOf } from "../../links/files/collection.ts";
import { newLink, share } from "../../share.ts";
import { as, openTestApp, PASSWORD, type World } from "../../world.ts";
import { callers, type Outcome, type PermissionRow, type Things } from "./permission-row.ts";
import { permissionRows } from "./permission-rows.ts";

let world: World;
let owner: User;
let archive: Blob;
let disabledCookie: string;
let logo: string;
let made = 0;
let lastKey: number | null = null;

beforeAll(async () => {
  world = await openTestApp({ settings: { "links.trash_days": 30 } });
  owner = world.people.bob;
  await makeThings();
  archive = await backUp();
  disabledCookie = await disable();
  mkdirSync(join(world.dataFolder, "branding"));
  writeFileSync(join(world.dataFolder, "branding", "logo.svg"), "<svg/>");
  const file = brandOf(world.app).logo;
  logo = file === null ? "" : brandHref(file);
});
afterAll(() => world.close());

async function backUp(): Promise<Blob> {
  const { bytes } = await backUpUser(world.app, as(owner), owner);
  return new Blob([Buffer.concat(await Array.fromAsync(bytes))]);
}

async function disable(): Promise<string> {
  const user = await world.app.accounts.users.create(operator, {
    username: "gone",
    password: PASSWORD,
  });
  const { token } = await startSession(user);
  await world.app.accounts.admin.change(operator, user.id, { disabled: true });
  return `sessionid=${token}`;
}

function startSession(user: User) {
  return world.app.accounts.sessions.start(user, { remember: false, device: "a test" });
}

async function makeThings(): Promise<Things> {
  const mark = `x${made++}`;
  const picture = { name: "a.png", bytes: await encodePng([[true, false]]) };
  const file = async (code: string, more: object = {}) =>
    (await share(world, owner, { code: `${code}-${mark}`, ...picture, ...more })).shortCode;
  const text = { name: "a.md", bytes: "# A", kind: "markdown" };
  const { session } = await startSession(owner);
  return {
    mark,
    owner: owner.username,
    session: session.id,
    link: await file("link", { tags: [mark] }),
    picture: await file("picture"),
    document: await file("document", text),
    collection: (await collectionOf(world, owner, `files-${mark}`, { "a.txt": mark })).shortCode,
    changed: await changed(mark),
    trashed: await deleted(await file("trashed")),
    switchedOff: await file("off", { disabled: true }),
    person: await makePerson(mark),
    archive,
    upload: await makeUpload(),
    restore: await endedRestore("merge"),
    imported: await endedRestore("csv"),
    bulkChange: await endedRestore("bulk"),
    key: await makeKey(),
  };
}

async function changed(mark: string): Promise<string> {
  const shortCode = `changed-${mark}`;
  const made = newLink({ shortCode, target: "https://example.com/first" });
  await world.app.links.create(as(owner), { ownerId: owner.id }, made);
  const { target } = newLink({ target: "https://example.com/second" });
  return (await world.app.links.edit(as(owner), shortCode, { target })).shortCode;
}

/** The one before is revoked: an account has so many at most. */
async function makeKey(): Promise<string> {
  const { keys } = world.app.accounts;
  if (lastKey !== null) await keys.revoke(operator, lastKey);
  const input = { name: "a test", scopes: ["links:read"] as const };
  lastKey = (await keys.create(operator, owner, input)).key.id;
  return String(lastKey);
}

let lastUpload = "";

/** The one before is deleted, unless a question has: an account has so many at most. */
async function makeUpload(): Promise<string> {
  const { uploads } = world.app.files;
  await uploads.remove(as(owner), lastUpload).catch(() => undefined);
  const input = { length: 1000, metadata: "", purpose: "hold" } as const;
  lastUpload = (await uploads.create(as(owner), owner, input, 1000)).id;
  return lastUpload;
}

async function deleted(code: string): Promise<string> {
  return (await world.app.links.remove(as(owner), code)).shortCode;
}

async function endedRestore(mode: "merge" | "csv" | "bulk"): Promise<string> {
  const { app } = world;
  const csv = { ownOrigins: [], zone: "UTC", created: [], refused: [], refusedBytes: 1 };
  const order = { ownerId: owner.id, mode, archive: "", isSent: false } as const;
  const bulk = { work: { undo: 0 }, before: 0, page: null };
  const more = { merge: {}, csv: { csv }, bulk: { bulk } }[mode];
  const begun = { ...NOT_BEGUN, ...more };
  const { id, progress } = await app.links.restores.create(as(owner), {
    ...order,
    progress: begun,
  });
  if (mode === "csv") await Bun.write(refusedPath(app, id), "x");
  const held = await app.links.restores.take({ id, holder: "" }, "test");
  const ended = { state: "done", progress, problem: null, endedAt: 0 } as const;
  await app.database.write(async (trx) => held?.end(trx, ended));
  return String(id);
}

/** Without a password, since hashing one for each question would take half a minute. */
async function makePerson(mark: string): Promise<string> {
  const username = `person-${mark}`;
  const row = { username, display_name: username, role: "user", disabled: 0 } as const;
  await world.app.database.write((trx) =>
    trx
      .insertInto("user")
      .values({ ...row, password_hash: null, created_at: 0 })
      .execute(),
  );
  return username;
}

async function cookieOf(caller: (typeof callers)[number]): Promise<string> {
  const { alice, admin } = world.people;
  switch (caller) {
    case "not signed in":
      return "";
    case "another user":
      return `sessionid=${(await startSession(alice)).token}`;
    case "owner":
      return `sessionid=${(await startSession(owner)).token}`;
    case "administrator":
      return `sessionid=${(await startSession(admin)).token}`;
    case "administrator impersonating the owner": {
      const { token, session } = await startSession(admin);
      await world.app.accounts.sessions.impersonate(as(admin), session, owner.username);
      return `sessionid=${token}`;
    }
    case "disabled user":
      return disabledCookie;
  }
}

function ask(
  { name, method, path, fields, json, headers: more }: PermissionRow,
  things: Things,
  cookie: string,
) {
  const address = name === "brand" ? logo : path(things);
  const init = { method, headers: { cookie } };
  if (method === "GET") return world.request(address, init);
  if (json !== undefined) {
    const headers = { cookie, "content-type": "application/json" };
    return world.request(address, { method, headers, body: JSON.stringify(json(things)) });
  }
  if (more !== undefined)
    return world.request(address, { method, headers: { cookie, ...more }, body: "bytes" });
  return world.request(address, { ...init, body: bodyOf(fields(things)) });
}

function bodyOf(fields: ReturnType<PermissionRow["fields"]>): URLSearchParams | FormData {
  const entries = Object.entries(fields);
  const texts = entries.filter((each): each is [string, string] => typeof each[1] === "string");
  if (texts.length === entries.length) return new URLSearchParams(texts);
  const body = new FormData();
  for (const [name, value] of entries) {
    if (typeof value === "string") body.append(name, value);
    else body.append(name, value, "backup.zip");
  }
  return body;
}

/** What the owner, and the person nobody will be sorry for, have. */
async function stateOf({ owner: name, link, trashed, person, session }: Things) {
  const { lookup } = world.app.database;
  const rows = await lookup
    .selectFrom("link")
    .select(["owner_id", "target", "disabled", "expires_at", "updated_at", "deleted_at"])
    .where("short_code", "in", [link, trashed] as never[])
    .orderBy("id")
    .execute();
  const users = await lookup
    .selectFrom("user")
    .select(["username", "role", "disabled", "password_hash", "theme", "time_zone"])
    .where("username", "in", [name, person])
    .execute();
  const sessions = await lookup
    .selectFrom("session")
    .select("id")
    .where("id", "=", session)
    .execute();
  return JSON.stringify([rows, users, sessions]);
}

function outcomeOf({ status, headers }: Response): Outcome {
  const location = headers.get("location") ?? "";
  if (location.startsWith("/auth/login")) return "sign in";
  return status < 400 ? "yes" : (String(status) as Outcome);
}

const title = ({ name, method, what }: PermissionRow) =>
  `${method} ${urls[name].pattern}${what === "" ? "" : ` (${what})`}`;

describe("who may do what", () => {
  test.each(permissionRows.map((row) => [title(row), row] as const))("%s", async (_, row) => {
    const outcomes: Record<string, Outcome> = {};
    for (const caller of callers) outcomes[caller] = await outcomeFor(row, caller);
    expect(outcomes).toEqual(
      Object.fromEntries(callers.map((caller, n) => [caller, row.outcomes[n] as Outcome])),
    );
  });

  /** What is refused must also have changed nothing. */
  async function outcomeFor(row: PermissionRow, caller: (typeof callers)[number]) {
    const things = await makeThings();
    const cookie = await cookieOf(caller);
    world.clock.advance(1);
    const before = await stateOf(things);
    const response = await ask(row, things, cookie);
    await response.bytes();
    const outcome = outcomeOf(response);
    const isSame = (await stateOf(things)) === before;
    if (outcome !== "yes" && !isSame) throw new Error(`${caller}: ${outcome}, and yet it is done`);
    const expected = row.outcomes[callers.indexOf(caller)];
    return expected === "nothing" && isSame && outcome === "yes" ? "nothing" : outcome;
  }
});

test("no URL, and no method of one, is without its row", () => {
  const asked = new Set(permissionRows.map(({ name, method }) => `${method} ${name}`));
  const leftOut = Object.entries(urls).flatMap(([name, { methods }]) =>
    methods
      .filter((method) => method !== "HEAD")
      .map((method) => `${method} ${name}`)
      .filter((each) => !asked.has(each)),
  );
  expect(leftOut).toEqual([]);
});

test("HEAD is answered as GET is, and no other method at all", async () => {
  const things = await makeThings();
  const cookie = await cookieOf("another user");
  for (const row of permissionRows.filter(({ method }) => method === "GET")) {
    const address = row.name === "brand" ? logo : row.path(things);
    // HEAD of an upload is tus, whose clients always send their version.
    const headers = { cookie, "tus-resumable": "1.0.0" };
    const status = async (method: string) =>
      (await world.request(address, { method, headers })).status;
    expect([title(row), await status("HEAD")]).toEqual([title(row), await status("GET")]);
    const listed = methodsAt(urls[row.name].pattern);
    for (const method of ["PUT", "PATCH", "DELETE"].filter((each) => !listed.includes(each)))
      expect([title(row), method, await status(method)]).toEqual([title(row), method, 405]);
  }
});

/** Also those of programs, which have rows of their own. */
function methodsAt(pattern: string): readonly string[] {
  const plain = (each: string) => each.replaceAll(/:\w+/g, ":");
  return Object.values(urls).flatMap((row) =>
    plain(row.pattern) === plain(pattern) ? [...row.methods] : [],
  );
}
