/** What the program writes down while people use it, and what it does not. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD_COST } from "../../src/accounts/auth/passwords.ts";
import { type HttpServer, startServer } from "../../src/server/http-server.ts";
import { AccessLog } from "../../src/telemetry/access-log.ts";
import { writeLog } from "../../src/telemetry/log.ts";
import { form, openTestApp, PASSWORD, type World } from "../world.ts";

const WRONG = "a loud Wednesday";
const NEW = "a better Thursday";

const lines: string[] = [];
const log = writeLog("debug", { clientAddress: "full" }, (line) => lines.push(line));

let world: World;
let server: HttpServer;
let accessPath: string;
let accessLog: AccessLog;

beforeAll(async () => {
  world = await openTestApp({
    passwordCost: PASSWORD_COST,
    log,
    settings: { "log.slow_ms": 1, "log.client_address": "full" },
  });
  accessPath = join(world.dataFolder, "access.log");
  accessLog = new AccessLog(accessPath);
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 }, { accessLog });
});
afterAll(async () => {
  await server.stop();
  await accessLog.close();
  await world.close();
});

const send = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: "manual", ...init });

const fields = (line: string) => JSON.parse(line) as Record<string, unknown>;

async function signIn(password: string): Promise<string> {
  const response = await send("/auth/login", form({ username: "alice", password }));
  const [cookie = ""] = response.headers.getSetCookie();
  return cookie.split(";", 1)[0] ?? "";
}

test("a whole story leaves no password, no session and no secret in the logs", async () => {
  await signIn(WRONG);
  await send("/auth/login", form({ username: PASSWORD, password: "mistaken for each other" }));
  const cookie = await signIn(PASSWORD);
  const [, token = ""] = cookie.split("=");
  expect(token).toHaveLength(43);
  await send("/add", form({ short_code: "story", url: "https://example.com/" }, cookie));
  await send("/add", form({ short_code: "story", url: "javascript:alert(1)" }, cookie));
  await send("/story", { headers: { cookie, referer: "https://example.org/" } });
  await send("/nowhere", { headers: { cookie, authorization: `Bearer ${NEW}` } });
  const passwords = { current_password: PASSWORD, new_password: NEW, confirm_password: NEW };
  await send("/profile", form({ action: "change_password", ...passwords }, cookie));
  await send("/auth/logout", form({}, await signIn(NEW)));
  await accessLog.close();
  const written = lines.join("") + readFileSync(accessPath, "utf8");
  expect(written).toContain('"message":"signed in"');
  expect(written).toContain('"GET /story HTTP/1.1" 302');
  const secretKey = readFileSync(join(world.dataFolder, "config/secret.key"), "utf8").trim();
  for (const secret of [PASSWORD, WRONG, NEW, "mistaken", token, secretKey])
    expect(written).not.toContain(secret);
});

test("logs JSON lines with a time, a level and a message", () => {
  for (const line of lines)
    expect(fields(line)).toMatchObject({
      "@timestamp": expect.any(String),
      "log.level": expect.any(String),
      message: expect.any(String),
    });
});

test("logs a slow request with the time of its parts", async () => {
  lines.length = 0;
  const response = await send("/auth/login", form({ username: "alice", password: WRONG }));
  const slow = lines.map(fields).find(({ message }) => message === "Slow request");
  expect(slow).toMatchObject({
    "log.level": "warning",
    "http.request.id": response.headers.get("x-request-id"),
    "http.request.method": "POST",
    "http.response.status_code": 422,
    "trunk8.endpoint": "signIn",
    "event.duration": expect.any(Number),
  });
  const parts = slow?.["trunk8.parts"] as Record<string, number> | undefined;
  expect(parts?.password).toBeGreaterThan(5);
  expect(Object.keys(parts ?? {}).sort()).toEqual(["body", "database", "password", "render"]);
});

test("the filter for fail2ban in docs/logging.md finds a refused sign-in, and nobody else's line", async () => {
  lines.length = 0;
  await send("/auth/login", form({ username: "alice", password: WRONG }));
  await send('/no"message":"sign-in refused"}');
  const page = readFileSync(join(import.meta.dir, "../../docs/logging.md"), "utf8");
  const [, pattern = ""] = /^failregex = (.*)$/m.exec(page) ?? [];
  const filter = new RegExp(pattern.replace("<ADDR>", '(?<address>[^"]+)'));
  const found = lines.map((line) => filter.exec(line.trimEnd())).filter((match) => match !== null);
  expect(found.map((match) => match.groups?.address)).toEqual(["127.0.0.1"]);
});

describe("a request's id", () => {
  const ask = async (peer: string | undefined, id: string, trusted: string[]) => {
    const proxied = await openTestApp({ settings: { "server.trusted_proxies": trusted } });
    const headers = { "x-request-id": id, "x-forwarded-for": "198.51.100.9" };
    const response = await proxied.request("/nowhere", { ...(peer && { peer }), headers });
    await proxied.close();
    return response.headers.get("x-request-id");
  };

  test.each([
    ["of a trusted proxy is kept", "10.0.0.1", "f00-ba4", ["10.0.0.0/8"], true],
    ["of a stranger is not", "203.0.113.7", "f00-ba4", ["10.0.0.0/8"], false],
    ["of a proxy that nobody trusts is not", "10.0.0.1", "f00-ba4", [], false],
    ["with odd signs is not", "10.0.0.1", "f00 ba4\u00e9", ["10.0.0.0/8"], false],
    ["that is far too long is not", "10.0.0.1", "f".repeat(129), ["10.0.0.0/8"], false],
  ])("%s", async (_, peer, id, trusted, isKept) => {
    const given = await ask(peer, id, trusted);
    if (isKept) expect(given).toBe(id);
    else expect(given).toMatch(/^[\w-]{16}$/);
  });

  test("stands in the problem that a program gets", async () => {
    const response = await world.request("/nowhere", { headers: { accept: "application/json" } });
    const { requestId } = (await response.json()) as { requestId: string };
    expect(requestId).toBe(response.headers.get("x-request-id") ?? "");
  });
});
