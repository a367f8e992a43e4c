/** Clients that send or read slowly, on a real socket. */
import { afterEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { type Connected, Sockets } from "../../src/os/sockets.ts";
import { type HttpServer, startServer } from "../../src/server/http-server.ts";
import { SlowClients } from "../../src/server/slow-clients.ts";
import { openTestApp, type World } from "../world.ts";
import { until } from "./site.ts";

const onLinux = test.skipIf(process.platform !== "linux");

let world: World;
let server: HttpServer;
const opened: Socket[] = [];

async function open(settings: Parameters<typeof openTestApp>[0]): Promise<void> {
  world = await openTestApp(settings);
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
}
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await server.stop(0);
});

function speak(text: string): Socket {
  const socket = connect(server.port ?? 0, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(text);
  opened.push(socket);
  return socket;
}

const living = (sockets: readonly Socket[]) => sockets.filter((socket) => !socket.closed).length;

/** Sends a form of a hundred bytes, one each second. */
function sendSlowly(cookie: string): Socket {
  const socket = speak(
    `POST /settings HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n`,
  );
  const timer = setInterval(() => socket.write("a"), 1000);
  socket.on("close", () => clearInterval(timer));
  return socket;
}

onLinux("lists connections with bytes transferred and peer, and closes one", async () => {
  await open({});
  const socket = speak("GET /");
  await until(() => server.requests === 0 && socket.readyState === "open");
  const sockets = Sockets.open();
  let found: Connected[] = [];
  // The kernel opens a connection before the server has accepted it.
  await until(async () => {
    const all = (await sockets?.list()) ?? [];
    found = all.filter(({ localPort }) => localPort === server.port);
    return found.some(({ moved }) => moved > 0);
  });
  expect(found).toMatchObject([{ peerPort: socket.localPort, moved: 5, isOwed: false }]);
  const [one] = found;
  expect(one && sockets?.peerAddress(one)).toBe("127.0.0.1");
  if (one !== undefined) sockets?.shut({ ...one, peerPort: 1 });
  await Bun.sleep(50);
  expect(socket.closed).toBe(false);
  if (one !== undefined) sockets?.shut(one);
  await until(() => socket.closed);
});

onLinux(
  "closes the slow connections of one address beyond the limit, and answers others",
  async () => {
    await open({ settings: { "limits.slow_connections": 20 } });
    const cookie = await world.signIn(world.people.alice);
    const slow = Array.from({ length: 60 }, () => sendSlowly(cookie));
    using checks = watch();
    await until(() => living(slow) === 20);
    expect((await fetch(`http://127.0.0.1:${server.port}/health`)).status).toBe(200);
    await checks.run(3);
    expect(living(slow)).toBe(20);
  },
);

onLinux("closes no connections of a trusted proxy", async () => {
  await open({
    settings: { "limits.slow_connections": 20, "server.trusted_proxies": ["127.0.0.1"] },
  });
  const cookie = await world.signIn(world.people.alice);
  const slow = Array.from({ length: 60 }, () => sendSlowly(cookie));
  await until(() => slow.every(({ readyState }) => readyState === "open"));
  using checks = watch();
  await checks.run(5);
  expect((await fetch(`http://127.0.0.1:${server.port}/health`)).status).toBe(200);
  expect(living(slow)).toBe(60);
});

/** Checks like the server's own ones, without the pause of seconds between them. */
function watch(): Disposable & { run(checks: number): Promise<void> } {
  const clients = SlowClients.watch(world.app, server.port, 50);
  return {
    run: async (checks) => {
      for (let check = 0; check < checks; check++) await clients?.check();
    },
    [Symbol.dispose]: () => clients?.close(),
  };
}

test("continues a download that was not read for longer than keep_alive", async () => {
  await open({ settings: { "server.keep_alive": 1, "server.timeout": 5 } });
  const body = new FormData();
  body.set("short_code", "big");
  body.set("file", new File([new Uint8Array(30_000_000)], "big.zip"));
  const headers = { cookie: await world.signIn(world.people.alice) };
  expect((await world.request("/add", { method: "POST", body, headers })).status).toBe(303);
  const socket = speak("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  let size = 0;
  socket.on("data", (bytes) => {
    size += bytes.length;
  });
  await until(() => size > 0);
  socket.pause();
  // Bun closes this idle connection after a while, and would have closed the download with it.
  await idleConnection();
  socket.resume();
  await until(() => size > 30_000_000);
}, 60_000);

/** Sends one request and resolves when the server has closed the idle connection. */
async function idleConnection(): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port ?? 0,
    socket: { data() {}, close: () => resolve() },
  });
  socket.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  await closed;
}
