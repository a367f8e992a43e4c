/** Who sends or takes slowly, on a real socket. */
import { afterEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { Sockets } from "../../src/os/sockets.ts";
import { type HttpServer, startServer } from "../../src/server/http-server.ts";
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

/** A form of a hundred bytes, of which one comes a second. */
function sendSlowly(cookie: string): Socket {
  const socket = speak(
    `POST /settings HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n`,
  );
  const timer = setInterval(() => socket.write("a"), 1000);
  socket.on("close", () => clearInterval(timer));
  return socket;
}

onLinux("connections are found with what they moved and who is at their other end", async () => {
  await open({});
  const socket = speak("GET /");
  await until(() => server.requests === 0 && socket.readyState === "open");
  const sockets = Sockets.open();
  const found = (await sockets?.list())?.filter(({ localPort }) => localPort === server.port) ?? [];
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
  "of one address's slow connections only so many stay, and others are answered",
  async () => {
    await open({ settings: { "limits.slow_connections": 20 } });
    const cookie = await world.signIn(world.people.alice);
    const slow = Array.from({ length: 60 }, () => sendSlowly(cookie));
    await until(() => living(slow) === 20, 30_000);
    const answer = await fetch(`http://127.0.0.1:${server.port}/health`);
    expect(answer.status).toBe(200);
    await Bun.sleep(6000);
    expect(living(slow)).toBe(20);
  },
  60_000,
);

onLinux(
  "a trusted proxy may have as many as it likes",
  async () => {
    await open({
      settings: { "limits.slow_connections": 20, "server.trusted_proxies": ["127.0.0.1"] },
    });
    const cookie = await world.signIn(world.people.alice);
    const slow = Array.from({ length: 60 }, () => sendSlowly(cookie));
    await Bun.sleep(18_000);
    expect(living(slow)).toBe(60);
  },
  60_000,
);

test("a download goes on after ten seconds in which nothing was taken", async () => {
  await open({ settings: { "server.keep_alive": 5 } });
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
  await Bun.sleep(14_000);
  socket.resume();
  await until(() => size > 30_000_000);
}, 60_000);
