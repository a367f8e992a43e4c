/** The real server on a real socket, spoken to in bytes: what no well-behaved client sends. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type HttpServer, startServer } from "../../src/server/http-server.ts";
import { newLink } from "../share.ts";
import { FIREFOX } from "../user-agents.ts";
import { as, openTestApp, type World } from "../world.ts";

let world: World;
let server: HttpServer;

beforeAll(async () => {
  world = await openTestApp();
  const { alice } = world.people;
  const input = newLink({ shortCode: "there", target: "https://example.com/" });
  await world.app.links.create(as(alice), { ownerId: alice.id }, input);
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
});
afterAll(() => world.close());

/** Sends bytes, gives the status line's number: 0 when the server only hangs up. */
async function send(bytes: string | Uint8Array): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port ?? 0,
    socket: {
      data(_, chunk) {
        answer += chunk.toString("latin1");
        if (answer.includes("\r\n")) resolve(answer);
      },
      close: () => resolve(answer),
      error: () => resolve(answer),
    },
  });
  socket.write(bytes);
  const status = Number((await promise).split(" ")[1] ?? 0);
  socket.end();
  return status;
}

const get = (path: string, host = "Host: x.example") =>
  send(`GET ${path} HTTP/1.1\r\n${host}\r\n\r\n`);

describe("a path", () => {
  test.each([
    ["/there", 302],
    ["/there?x=y", 302],
    ["/nowhere", 404],
    ["/%00", 404],
    ["/a%2fb", 404],
    ["/%2e%2e", 303], // the home page, which sends strangers on: the runtime resolves dots before we see them
    ["/..", 303],
    ["/../../etc/passwd", 404],
    ["/static/../there", 302],
    ["/static/..%2f..%2fpackage.json", 404],
    ["/there/", 302],
    ["/there/x", 404],
    ["//there", 404],
    ["/there;x", 302],
    ["/%ff", 404],
    ["/%zz", 404],
    ["/%", 404],
    ["/\u00ff", 404],
    [`/${"a".repeat(15_000)}`, 404],
    [`/${"a".repeat(100_000)}`, 414],
    [`/there?${"a".repeat(20_000)}`, 302],
    [`/nowhere?${"a".repeat(20_000)}`, 414],
    [`/${"%2e".repeat(5000)}`, 404],
    [`/${"/".repeat(10_000)}`, 404],
  ])("%p is answered %p", async (path, status) => {
    expect(await get(path)).toBe(status);
  });

  test("of random bytes is never a fault of ours", async () => {
    for (let round = 0; round < 200; round++) {
      const path = crypto.getRandomValues(new Uint8Array(1 + (round % 40)));
      const head = Buffer.concat([
        Buffer.from("GET /"),
        path,
        Buffer.from(" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      ]);
      // 505 is the runtime's, for a blank in the path.
      expect([500, 501, 503]).not.toContain(await send(head));
    }
  });
});

describe("a Host header", () => {
  test.each([
    ["Host: x.example", 302],
    ["Host: X.Example:8080", 302],
    ["Host: 127.0.0.1", 302],
    ["Host: [::1]:5001", 302],
    ["Accept: */*", 400], // none at all
    ["Host: ", 400],
    ["Host: a\r\nHost: b", 400],
    ["Host: a, b", 400],
    ["Host: a b", 400],
    ["Host: a/b", 400],
    ["Host: u@h", 400],
    ["Host: h:99999", 400],
    ["Host: h:", 400],
    [`Host: ${"a".repeat(300)}`, 400],
  ])("%p gets %p, for a link in memory and for one that is not", async (host, status) => {
    expect(await get("/there", host)).toBe(status);
    expect(await get("/nowhere", host)).toBe(status === 302 ? 404 : status);
  });
});

describe("HTTP/1.0, which has no Host header", () => {
  test.each([
    ["/there", 302],
    ["/nowhere", 404],
    ["/", 303],
    ["/auth/login", 200],
  ])("opens %p with %p", async (path, status) => {
    expect(await send(`GET ${path} HTTP/1.0\r\n\r\n`)).toBe(status);
    expect(await send(`GET ${path} HTTP/1.0\r\nHost: a b\r\n\r\n`)).toBe(400);
  });
});

describe("a method", () => {
  test.each([
    ["GET", 302],
    ["HEAD", 302],
    ["POST", 405],
    ["PUT", 401],
    ["DELETE", 405],
    ["PATCH", 405],
    ["OPTIONS", 405],
    ["TRACE", 405],
    ["CONNECT", 501],
  ])("%s is answered %p", async (method, status) => {
    expect(
      await send(`${method} /there HTTP/1.1\r\nHost: x.example\r\nContent-Length: 0\r\n\r\n`),
    ).toBe(status);
  });

  test.each(["get", "FOO", ""])(
    "%p is no method: the runtime hangs up or refuses",
    async (method) => {
      expect([0, 400, 501]).toContain(
        await send(`${method} /there HTTP/1.1\r\nHost: x.example\r\n\r\n`),
      );
    },
  );
});

test("a second request hidden in a first one's body is not run", async () => {
  const hidden = "GET /there HTTP/1.1\r\nHost: x\r\n\r\n";
  const smuggling = [
    `POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    `POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${hidden}`,
    `POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n${hidden}`,
  ];
  for (const bytes of smuggling) expect([0, 400]).toContain(await send(bytes));
});

test("a unix socket file left behind is replaced, and answers as TCP does", async () => {
  const other = await openTestApp();
  const unix = join(other.dataFolder, "trunk8.sock");
  await Bun.write(unix, "stale");
  const running = startServer(other.app, { unix });
  const response = await fetch("http://x.example/health", { unix });
  expect(await response.json()).toEqual({ status: "pass" });
  expect(readdirSync(other.dataFolder).filter((name) => name.includes("sock"))).toEqual([
    "trunk8.sock",
  ]);
  await running.stop();
});

test("a graceful stop finishes what is under way and saves the visits", async () => {
  const other = await openTestApp();
  const { alice } = other.people;
  await other.app.links.create(
    as(alice),
    { ownerId: alice.id },
    newLink({ shortCode: "last", target: "https://example.com/" }),
  );
  const running = startServer(other.app, { hostname: "127.0.0.1", port: 0 });
  await fetch(`http://127.0.0.1:${running.port}/last`, {
    redirect: "manual",
    headers: { "user-agent": FIREFOX },
  });
  await running.stop();
  const { openDatabase } = await import("../../src/database/open-database.ts");
  const database = await openDatabase({
    url: "",
    poolSize: 2,
    dataFolder: other.dataFolder,
    log: other.app.log,
  });
  const total = await database.lookup.selectFrom("link_total").select("visits").executeTakeFirst();
  expect(total).toEqual({ visits: 1 });
  await database.close();
});
